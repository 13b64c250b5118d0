/** What the strategy did, as marks on the price: only what had happened by the cursor. */

import type { Frame } from "../model/frame"
import type { Micros, Points } from "../model/meta"
import type { Replay } from "../model/replay"
import { cell, column, countBelow } from "../model/search"
import { net } from "../model/trades"

export type Mark =
  | { kind: "bought" | "sold" | "won" | "lost"; ts: Micros; price: Points }
  | { kind: "rejected" | "withdrawn"; ts: Micros; price: Points | null }

/** A round trip, from entry to exit. */
export interface Path {
  ts: Micros
  price: Points
  end: Micros
  close: Points
  won: boolean
}

const FILLS = new Set(["FILLED", "PARTIAL_FILL"])
const REJECTIONS = new Set(["REJECTED", "REQUEST_REJECTED"])
const WITHDRAWALS = new Set(["CANCELLED", "EXPIRED"])
// The other exit of a lot that was closed: the exit itself says it.
const SILENT = new Set(["SIBLING", "FLAT", "END"])

/** Entries, rejections and withdrawals of one symbol in [from, to). */
export function eventMarks(replay: Replay, frame: Frame, symbol: number, from: Micros, to: Micros): Mark[] {
  const { events, orders } = replay
  const { codes } = replay.meta
  const marks: Mark[] = []
  const ts = column(events, "ts")
  for (let row = countBelow(ts, from); row < frame.events; row++) {
    const at = cell(ts, row)
    if (at >= to) break
    if (cell(events.symbol, row) !== symbol) continue
    const kind = codes.events[cell(events.kind, row)] ?? ""
    const order = cell(events.order, row)
    const price = cell(events.price, row)
    if (FILLS.has(kind)) {
      // Ids are counted from 1 in order of submission.
      if (codes.roles[cell(orders.role, order - 1)] !== "ENTRY") continue
      marks.push({ kind: cell(events.quantity, row) > 0 ? "bought" : "sold", ts: at, price })
    } else if (REJECTIONS.has(kind) || WITHDRAWALS.has(kind)) {
      if (SILENT.has(codes.reasons[cell(events.reason, row)] ?? "")) continue
      const level = price || cell(orders.limit, order - 1) || cell(orders.stop, order - 1)
      marks.push({ kind: REJECTIONS.has(kind) ? "rejected" : "withdrawn", ts: at, price: level || null })
    }
  }
  return marks
}

/** Round trips of one symbol that touch [from, to) and had ended by the frame. */
export function paths(replay: Replay, frame: Frame, symbol: number, from: Micros, to: Micros): Path[] {
  const { trades } = replay
  const found: Path[] = []
  const exits = column(trades, "exit_ts")
  const atEnd = replay.meta.codes.roles.indexOf("END")
  for (let row = 0; row < exits.length; row++) {
    const exit = cell(exits, row)
    if (exit < from || cell(trades.entry_ts, row) >= to) continue
    if (exit > frame.ts || cell(trades.exit_taken, row) > frame.taken) continue
    // What is closed because the run is over belongs to no frame (T2).
    if (cell(trades.symbol, row) !== symbol || cell(trades.exit_role, row) === atEnd) continue
    found.push({
      ts: cell(trades.entry_ts, row),
      price: cell(trades.entry_price, row),
      end: exit,
      close: cell(trades.exit_price, row),
      won: net(trades, row) > 0,
    })
  }
  return found
}
