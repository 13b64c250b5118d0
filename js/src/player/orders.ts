/** The panel of working orders. */

import { price, quantity } from "../model/format"
import type { Cursor, Frame, WorkingOrder } from "../model/frame"
import { limitBehind, standsAt } from "../model/levels"
import type { Meta, SymbolMeta } from "../model/meta"
import { type Line, Table } from "./table"
import { orderWords, plain } from "./words"

export class OrdersTable {
  readonly table = new Table("Working orders", ["order", "price", "pips away"], "no working order")
  #meta: Meta
  #go: (cursor: Cursor) => void

  constructor(meta: Meta, go: (cursor: Cursor) => void) {
    this.#meta = meta
    this.#go = go
  }

  fill(frame: Frame): void {
    this.table.fill(frame.orders.map((order) => this.#line(order, frame)))
  }

  #line(order: WorkingOrder, frame: Frame): Line {
    const about = this.#meta.symbols[order.symbol] as SymbolMeta
    const quote = frame.quotes[order.symbol]
    const at = standsAt(order)
    const behind = limitBehind(order)
    const touch = quote && (order.side > 0 ? quote.ask : quote.bid)
    const away = at && touch ? ((at - touch) / about.pip).toFixed(1) : ""
    const of = order.position || order.parent
    const below = [
      `#${order.id}`,
      this.#meta.symbols.length > 1 ? about.name : "",
      quantity(order.quantity, about),
      order.filled > 0 ? `${quantity(order.filled, about)} filled` : "",
      behind ? `limit ${price(behind, about)}` : "",
      of ? `of #${of}` : "",
      order.tag ? (this.#meta.tags[order.tag] ?? "") : "",
    ]
    return {
      cells: [
        { text: orderWords(this.#meta, order.side, order.type, order.role) },
        { text: at ? price(at, about) : plain(this.#meta.codes.types[order.type] ?? "") },
        { text: away.replace("-", "−"), tone: "quiet" },
      ],
      below: below.filter(Boolean).join("   "),
      choose: () => this.#go({ ts: order.ts, taken: null }),
    }
  }
}
