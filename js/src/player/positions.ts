/** The panel of open positions, a row for each lot. */

import { clock, price, quantity, signedMoney } from "../model/format"
import type { Cursor, Frame, Lot } from "../model/frame"
import { standsAt } from "../model/levels"
import type { Meta, Micros, SymbolMeta } from "../model/meta"
import { sideSign, tone } from "./signs"
import { type Line, Table } from "./table"

export class PositionsTable {
  readonly table = new Table("Open positions", ["position", "entry", "profit"], "no open position")
  #meta: Meta
  #go: (cursor: Cursor) => void

  constructor(meta: Meta, go: (cursor: Cursor) => void) {
    this.#meta = meta
    this.#go = go
  }

  fill(frame: Frame): void {
    this.table.fill(frame.lots.map((lot) => this.#line(lot, frame)))
  }

  #line(lot: Lot, frame: Frame): Line {
    const about = this.#meta.symbols[lot.symbol] as SymbolMeta
    const exits = frame.orders.filter((order) => order.position === lot.id || order.parent === lot.order)
    const levels = exits.flatMap((order) => {
      const role = this.#meta.codes.roles[order.role] ?? ""
      const at = standsAt(order)
      const name = { STOP_LOSS: "stop", TAKE_PROFIT: "target", TRAIL: "trail" }[role]
      return name && at ? [`${name} ${price(at, about)}`] : []
    })
    const name = this.#meta.symbols.length > 1 ? `${about.name} ` : ""
    return {
      cells: [
        { text: `${sideSign(lot.side)} ${name}${quantity(lot.steps, about)}`, title: lot.side > 0 ? "long" : "short" },
        { text: price(lot.price, about) },
        { text: signedMoney(lot.profit), tone: tone(lot.profit) },
      ],
      below: [since(lot.ts, frame.ts), ...levels].join("   "),
      choose: () => this.#go({ ts: lot.ts, taken: null }),
    }
  }
}

/** The time of day, and the date where it is another one. */
function since(ts: Micros, now: Micros): string {
  const text = clock(ts)
  return clock(now).startsWith(text.slice(0, 10)) ? text.slice(11, 16) : text.slice(5, 16)
}
