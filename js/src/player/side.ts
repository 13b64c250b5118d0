/** The panels beside the charts, filled from one frame. */

import type { Cursor, Frame } from "../model/frame"
import type { Replay } from "../model/replay"
import { AccountTable } from "./account"
import { Book } from "./book"
import { make } from "./dom"
import { EventLog } from "./log"
import { OrdersTable } from "./orders"
import { Panel } from "./panel"
import { PositionsTable } from "./positions"
import { TradeList } from "./trades"
import { IndicatorTable, VariableTable } from "./values"

export interface SideHooks {
  go(cursor: Cursor): void
  chooseTrade(trade: number): void
}

export class Side {
  readonly panels: HTMLElement[]
  readonly book: Book
  #account = new AccountTable()
  #positions: PositionsTable
  #orders: OrdersTable
  #indicators: IndicatorTable
  #variables: VariableTable
  #log: EventLog
  #trades: TradeList
  #counted: { positions: Panel; orders: Panel }
  #ends: (() => void)[]

  constructor(replay: Replay, hooks: SideHooks) {
    const { meta } = replay
    this.#positions = new PositionsTable(meta, hooks.go)
    this.#orders = new OrdersTable(meta, hooks.go)
    this.#indicators = new IndicatorTable(meta)
    this.#variables = new VariableTable(meta)
    this.#log = new EventLog(replay, (row) => hooks.go(replay.cursorOfEvent(row)))
    this.#trades = new TradeList(replay, hooks.chooseTrade)
    const currency = make("span", { class: "btl-p-unit" }, meta.currency)
    const account = new Panel("Account", this.#account.table.element, [currency])
    const positions = new Panel("Positions", this.#positions.table.element)
    const orders = new Panel("Working orders", this.#orders.table.element)
    const indicators = new Panel("Indicators", this.#indicators.table.element)
    const variables = new Panel("Variables", this.#variables.table.element)
    this.#counted = { positions, orders }
    const panels = [account, positions, orders, indicators, variables]
    this.panels = panels.map((panel) => panel.element)
    const counts = { events: replay.events.ts?.length ?? 0, trades: replay.trades.entry_ts?.length ?? 0 }
    this.book = new Book(this.#log, this.#trades, counts, meta.empty)
    this.#ends = [...panels, this.book, this.#log, this.#trades].map((part) => () => part.close())
  }

  update(frame: Frame, symbol: number, passedFrom: number, selected: number | null): void {
    this.#account.fill(frame)
    this.#positions.fill(frame)
    this.#orders.fill(frame)
    this.#indicators.fill(frame, symbol)
    this.#variables.fill(frame)
    this.#counted.positions.count(frame.lots.length || null)
    this.#counted.orders.count(frame.orders.length || null)
    this.#log.update(frame.events, passedFrom)
    this.#trades.update(frame.ts, selected)
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }
}
