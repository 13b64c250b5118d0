/** The trade that was chosen: it stays so until the cursor moves away from it. */

import type { Cursor } from "../model/frame"
import type { Replay } from "../model/replay"
import type { Motion } from "./motion"
import { nextRanked } from "./ranks"

type Trading = Pick<Replay, "trades" | "entryOf" | "exitOf">

export class Selection {
  #replay: Trading
  #motion: Pick<Motion, "cursor" | "go">
  #say: (text: string) => void
  #trade: number | null = null
  #at: Cursor | null = null

  constructor(replay: Trading, motion: Pick<Motion, "cursor" | "go">, say: (text: string) => void) {
    this.#replay = replay
    this.#motion = motion
    this.#say = say
  }

  get trade(): number | null {
    const { ts, taken } = this.#motion.cursor
    return this.#at && this.#at.ts === ts && this.#at.taken === taken ? this.#trade : null
  }

  get symbol(): number {
    return this.#replay.trades.symbol?.[this.#trade ?? 0] ?? 0
  }

  /** To its entry; false, and said, when there is no such trade. */
  select(trade: number): boolean {
    const n = this.#replay.trades.entry_ts?.length ?? 0
    if (!Number.isInteger(trade) || trade < 0 || trade >= n) {
      const there = n > 0 ? `this run has trades 0 to ${(n - 1).toLocaleString("en")}` : "this run has no trades"
      this.#say(`there is no trade ${trade}; ${there}`)
      return false
    }
    this.#go(trade, this.#replay.entryOf(trade))
    return true
  }

  /** Chosen in a list: to its entry, chosen again to its exit and back. */
  choose(trade: number): boolean {
    const exit = this.#replay.exitOf(trade)
    const { ts, taken } = this.#motion.cursor
    if (trade !== this.trade || (ts === exit.ts && taken === exit.taken)) return this.select(trade)
    this.#go(trade, exit)
    return true
  }

  /** To the largest loss or win; when that is chosen already, to the next largest. */
  jump(order: "losses" | "wins"): boolean {
    const trade = nextRanked(this.#replay.trades, order, this.trade)
    if (trade !== undefined) return this.select(trade)
    this.#say(order === "losses" ? "no trade of this run lost money" : "no trade of this run won")
    return false
  }

  #go(trade: number, cursor: Cursor): void {
    // First, so that what the move brings about sees it.
    this.#trade = trade
    this.#at = cursor
    this.#motion.go(cursor)
    this.#at = this.#motion.cursor
  }
}
