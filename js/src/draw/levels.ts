/** Working orders and open positions as lines with a label. */

import { price, quantity, signedMoney } from "../model/format"
import type { Frame, Lot, WorkingOrder } from "../model/frame"
import { limitBehind, standsAt } from "../model/levels"
import type { Meta, Micros, Points, SymbolMeta } from "../model/meta"

export interface Level {
  price: Points
  /** Where the line begins. */
  ts: Micros
  text: string
  /** The same where there is little room: the price then stands beside the axis. */
  brief: string
  /** What it is, by which it gets its colour and its dash. */
  kind: "long" | "short" | "stop" | "target" | "entry"
  /** Of a position: profit now, in micro-units. */
  profit: number | null
}

const SHORT: Record<string, string> = { STOP_LOSS: "SL", TAKE_PROFIT: "TP", TRAIL: "trailing SL", CLOSE: "close" }

/** All of one symbol; orders without a price (market orders on their way) have no line. */
export function levels(frame: Frame, symbol: number, meta: Meta): Level[] {
  const about = meta.symbols[symbol]
  if (!about) return []
  const lots = frame.lots.filter((lot) => lot.symbol === symbol).map((lot) => ofLot(lot, about, meta))
  const orders = frame.orders.flatMap((order) => (order.symbol === symbol ? ofOrder(order, about, meta) : []))
  return [...lots, ...orders]
}

function ofLot(lot: Lot, about: SymbolMeta, meta: Meta): Level {
  const side = lot.side > 0 ? "LONG" : "SHORT"
  const profit = signedMoney(lot.profit)
  const held = `${side} ${quantity(lot.steps, about)}`
  return {
    price: lot.price,
    ts: lot.ts,
    text: `${held} @ ${price(lot.price, about)}   ${profit} ${meta.currency}`,
    brief: `${held}  ${profit}`,
    kind: lot.side > 0 ? "long" : "short",
    profit: lot.profit,
  }
}

function ofOrder(order: WorkingOrder, about: SymbolMeta, meta: Meta): Level[] {
  const at = standsAt(order)
  if (!at) return []
  const role = meta.codes.roles[order.role] ?? ""
  const side = order.side > 0 ? "BUY" : "SELL"
  const type = (meta.codes.types[order.type] ?? "").replace("_", " ")
  const left = quantity(order.quantity, about)
  const size = order.filled > 0 ? `${left} left of ${quantity(order.quantity + order.filled, about)}` : left
  const behind = limitBehind(order)
  const limit = behind ? ` limit ${price(behind, about)}` : ""
  const of = order.position || order.parent
  const short = SHORT[role] ? `${SHORT[role]}${of ? ` of #${of}` : ""}` : ""
  return [
    {
      price: at,
      ts: order.ts,
      text: `${side} ${type} ${size} @ ${price(at, about)}${limit}${short && `  ${short}`}`,
      brief: short ? `${short}  ${size}` : `${side} ${type} ${size}`,
      kind: role === "TAKE_PROFIT" ? "target" : role === "STOP_LOSS" || role === "TRAIL" ? "stop" : "entry",
      profit: null,
    },
  ]
}
