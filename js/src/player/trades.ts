/** The list of trades; a row goes to the entry of its trade, chosen again to its exit. */

import { clock, quantity, signedMoney } from "../model/format"
import type { Micros } from "../model/meta"
import type { Replay } from "../model/replay"
import { net } from "../model/trades"
import { make, on, put, write } from "./dom"
import { LongList } from "./list"
import { ranked, type TradeOrder } from "./ranks"
import { sideSign, tone } from "./signs"
import { lastBelow } from "./virtual"
import { plain } from "./words"

const ORDERS: readonly [TradeOrder, string][] = [
  ["time", "by time"],
  ["losses", "losses first"],
  ["wins", "wins first"],
]

// By what a trade was left; an entry on the other side reverses it.
const EXITS: Record<string, string> = { ENTRY: "turn", STOP_LOSS: "stop", TAKE_PROFIT: "target" }

export class TradeList {
  readonly list: LongList
  readonly order: HTMLSelectElement
  #replay: Replay
  #rows: Int32Array
  #entries: Float64Array // in the order of time
  #now: Micros = 0
  #selected: number | null = null
  #end: () => void

  constructor(replay: Replay, choose: (trade: number) => void) {
    this.#replay = replay
    this.#rows = ranked(replay.trades, "time")
    this.#entries = Float64Array.from(this.#rows, (row) => replay.trades.entry_ts?.[row] ?? 0)
    this.list = new LongList({
      label: "Trades",
      make: (row) =>
        row.append(
          ...["number", "what", "at", "detail", "net"].map((name) => make("span", { class: `btl-p-${name}` })),
        ),
      fill: (row, index) => this.#fill(row, index),
      choose: (index) => choose(this.#rows[index] as number),
    })
    this.list.element.classList.add("btl-p-trades")
    this.order = make("select", { class: "btl-p-select", "aria-label": "Order of the trades" })
    for (const [name, label] of ORDERS) this.order.append(make("option", { value: name }, label))
    this.#end = on(this.order, "change", () => this.#sort(this.order.value as TradeOrder))
    this.list.reset(this.#rows.length)
  }

  /** The cursor is at `now`; `selected` is the trade that was chosen. */
  update(now: Micros, selected: number | null): void {
    const before = lastBelow(this.#entries, this.#now + 1)
    if (now === this.#now && selected === this.#selected) return
    const moved = lastBelow(this.#entries, now + 1) !== before || selected !== this.#selected
    this.#now = now
    this.#selected = selected
    if (moved) this.#mark()
  }

  close(): void {
    this.#end()
    this.list.close()
  }

  #sort(order: TradeOrder): void {
    this.#rows = ranked(this.#replay.trades, order)
    this.list.reset(this.#rows.length)
    this.#mark()
    this.list.reveal(this.#selected === null && order !== "time" ? 0 : this.list.current)
  }

  #mark(): void {
    const byTime = this.order.value === "time" && this.#selected === null
    this.list.refresh()
    this.list.follow(byTime ? lastBelow(this.#entries, this.#now + 1) : this.#rows.indexOf(this.#selected ?? -1))
  }

  #fill(element: HTMLElement, index: number): void {
    const row = this.#rows[index] as number
    const { trades, meta } = this.#replay
    const at = (name: string) => trades[name]?.[row] ?? 0
    const about = meta.symbols[at("symbol")]
    const result = net(trades, row)
    const role = meta.codes.roles[at("exit_role")] ?? ""
    const [number, what, time, exit, money] = element.children
    write(number as Element, String(row))
    write(what as Element, about ? `${sideSign(at("side"))} ${quantity(at("quantity"), about)}` : "")
    write(time as Element, clock(at("entry_ts")).slice(5, 16))
    write(exit as Element, EXITS[role] ?? plain(role))
    write(money as Element, signedMoney(result))
    put(element, "title", `${clock(at("entry_ts"))} to ${clock(at("exit_ts"))}; again: to its exit`)
    put(money as Element, "data-tone", tone(result) ?? null)
    put(element, "data-later", at("entry_ts") > this.#now)
  }
}
