/**
 * Positions, orders and balance at any event, read back from the journal (T1), as backtestr_lab/runs/book.py does.
 *
 * Every 256th event has a snapshot, made when the cursor first comes that far: a question costs at most 255 events.
 */

import type { Lot, WorkingOrder } from "./frame"
import type { Meta, MicroMoney } from "./meta"
import { type Columns, cell, column } from "./search"

const EVERY = 256

/** A lot without what it is worth, which the quote says. */
export type HeldLot = Omit<Lot, "profit">

export interface Standing {
  balance: MicroMoney
  lots: HeldLot[] // oldest first
  orders: WorkingOrder[] // in order of submission
}

interface Stand {
  balance: MicroMoney
  lots: Map<number, HeldLot>
  orders: Map<number, WorkingOrder>
}

const EVENT = ["ts", "kind", "symbol", "order", "position", "price", "quantity", "amount", "reason"] as const
type Event = Record<(typeof EVENT)[number], number>
type EventColumns = Record<keyof Event, Float64Array>

/** What an event does to what stands. */
type Deed = "submit" | "modify" | "end" | "part" | "fill" | "book" | undefined

const DEEDS: Record<string, Deed> = {
  SUBMITTED: "submit",
  MODIFIED: "modify",
  REJECTED: "end",
  CANCELLED: "end",
  EXPIRED: "end",
  PARTIAL_FILL: "part",
  FILLED: "fill",
  BOOKING: "book",
}

export class Book {
  #events: EventColumns
  #orders: Columns
  #deeds: Deed[] // by code
  #profit: number
  #trigger: number
  #priced: { limit: number[]; stop: number[] } // types whose limit or stop a modify may change
  #snapshots: Stand[]
  #last: { count: number; standing: Standing } | undefined

  constructor(events: Columns, orders: Columns, meta: Pick<Meta, "codes" | "cash">) {
    this.#events = Object.fromEntries(EVENT.map((name) => [name, column(events, name)])) as EventColumns
    this.#orders = orders
    this.#deeds = meta.codes.events.map((name) => DEEDS[name])
    this.#profit = meta.codes.reasons.indexOf("PROFIT")
    this.#trigger = meta.codes.reasons.indexOf("TRIGGER")
    const type = (name: string) => meta.codes.types.indexOf(name)
    this.#priced = { limit: [type("LIMIT"), type("STOP_LIMIT")], stop: [type("STOP")] }
    this.#snapshots = [{ balance: meta.cash, lots: new Map(), orders: new Map() }]
  }

  /** What stood after the first `count` events; the same object while the count is the same. */
  at(count: number): Standing {
    if (this.#last?.count !== count) {
      const stand = copy(this.#snapshot(Math.floor(count / EVERY)))
      this.#play(stand, Math.floor(count / EVERY) * EVERY, count)
      const { balance, lots, orders } = stand
      this.#last = { count, standing: { balance, lots: [...lots.values()], orders: [...orders.values()] } }
    }
    return this.#last.standing
  }

  #snapshot(number: number): Stand {
    for (let n = this.#snapshots.length; n <= number; n++) {
      const stand = copy(this.#snapshots[n - 1] as Stand)
      this.#play(stand, (n - 1) * EVERY, n * EVERY)
      this.#snapshots.push(stand)
    }
    return this.#snapshots[number] as Stand
  }

  #play(stand: Stand, from: number, to: number): void {
    const { amount, kind } = this.#events
    for (let row = from; row < to; row++) {
      stand.balance += amount[row] as number
      const deed = this.#deeds[kind[row] as number]
      if (deed) this.#take(stand, deed, this.#event(row))
    }
  }

  #event(row: number): Event {
    const { ts, kind, symbol, order, position, price, quantity, amount, reason } = this.#events
    return {
      ts: cell(ts, row),
      kind: cell(kind, row),
      symbol: cell(symbol, row),
      order: cell(order, row),
      position: cell(position, row),
      price: cell(price, row),
      quantity: cell(quantity, row),
      amount: cell(amount, row),
      reason: cell(reason, row),
    }
  }

  #take(stand: Stand, deed: Deed, event: Event): void {
    if (deed === "submit") stand.orders.set(event.order, this.#submitted(event.order))
    else if (deed === "modify") this.#modify(stand, event)
    else if (deed === "end") stand.orders.delete(event.order)
    else if (deed === "part" || deed === "fill") fill(stand, deed, event)
    else if (event.reason === this.#profit) close(stand, event)
  }

  /** The event names the total, not what is left of it (O4); of a stop-limit it says by its reason which price it has. */
  #modify({ orders }: Stand, { order, price, quantity, reason }: Event): void {
    const old = orders.get(order)
    if (!old) return
    const next = { ...old, quantity: Math.abs(quantity) - old.filled }
    if (reason === this.#trigger || this.#priced.stop.includes(old.type)) next.stop = price
    else if (this.#priced.limit.includes(old.type)) next.limit = price
    orders.set(order, next)
  }

  #submitted(order: number): WorkingOrder {
    // Ids are counted from 1 in order of submission.
    const at = (name: string) => cell(column(this.#orders, name), order - 1)
    return {
      id: at("id"),
      symbol: at("symbol"),
      side: at("side") > 0 ? 1 : -1,
      type: at("type"),
      role: at("role"),
      quantity: at("quantity"),
      filled: 0,
      limit: at("limit"),
      stop: at("stop"),
      level: 0,
      parent: at("parent"),
      position: at("position"),
      tag: at("tag"),
      ts: at("ts"),
    }
  }
}

function copy({ balance, lots, orders }: Stand): Stand {
  return { balance, lots: new Map(lots), orders: new Map(orders) }
}

function fill(stand: Stand, deed: "part" | "fill", { ts, symbol, order, position, price, quantity }: Event): void {
  const { lots, orders } = stand
  const steps = Math.abs(quantity)
  const old = orders.get(order)
  if (deed === "fill") orders.delete(order)
  else if (old) orders.set(order, { ...old, quantity: old.quantity - steps, filled: old.filled + steps })
  if (lots.has(position)) return
  // It opens a lot, of what the bookings that follow do not close.
  lots.set(position, { id: position, order, symbol, side: quantity > 0 ? 1 : -1, price, steps, ts })
  tend(stand, order)
}

function close(stand: Stand, { order, position, quantity }: Event): void {
  const { lots } = stand
  const old = lots.get(position)
  if (!old) return
  const steps = Math.abs(quantity)
  // A reversing fill was taken in whole; what it closes is not part of what it opened.
  const opened = [...lots.values()].reverse().find((lot) => lot.order === order && lot.id !== position)
  if (opened) {
    lots.set(opened.id, { ...opened, steps: opened.steps - steps })
    tend(stand, order)
  }
  if (old.steps === steps) lots.delete(position)
  else lots.set(position, { ...old, steps: old.steps - steps })
  tend(stand, old.order)
}

/** Attached exits cover all that is open of their entry; those of one that holds nothing are about to be cancelled. */
function tend({ lots, orders }: Stand, entry: number): void {
  let held = 0
  for (const lot of lots.values()) if (lot.order === entry) held += lot.steps
  if (held === 0) return
  for (const [id, exit] of orders) if (exit.parent === entry) orders.set(id, { ...exit, quantity: held })
}
