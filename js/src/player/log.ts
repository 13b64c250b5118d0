/** The event log: the whole journal, each row a place to jump to; the row at the cursor is marked. */

import { clock } from "../model/format"
import type { Replay } from "../model/replay"
import { make, on, put, write } from "./dom"
import { LongList } from "./list"
import { lastBelow } from "./virtual"
import { eventWords, FILTERS, filtered, orderWords } from "./words"

const FRESH = 700 // ms that a row which was passed while playing stays marked

export class EventLog {
  readonly list: LongList
  readonly filter: HTMLSelectElement
  #replay: Replay
  #rows: Float64Array
  #orders = new Map<number, number>() // row by id
  #happened = 0
  #freshFrom = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #ends: (() => void)[] = []

  constructor(replay: Replay, jump: (row: number) => void) {
    this.#replay = replay
    for (const [row, id] of replay.orders.id?.entries() ?? []) this.#orders.set(id, row)
    this.#rows = filtered(replay.meta, this.#kinds, null)
    this.list = new LongList({
      label: "Events",
      make: (row) =>
        row.append(...["day", "at", "sign", "what", "detail"].map((name) => make("span", { class: `btl-p-${name}` }))),
      fill: (row, index) => this.#fill(row, index),
      choose: (index) => jump(this.#rows[index] as number),
    })
    this.filter = make("select", { class: "btl-p-select", "aria-label": "Events to show" })
    for (const { name, label, kinds } of FILTERS) {
      const n = filtered(replay.meta, this.#kinds, kinds).length
      if (n > 0 || kinds === null)
        this.filter.append(make("option", { value: name }, kinds ? `${label} ${n.toLocaleString("en")}` : label))
    }
    this.#ends.push(on(this.filter, "change", () => this.#choose(this.filter.value)))
    this.list.reset(this.#rows.length)
  }

  /** `happened` events have; those from `passedFrom` on were passed since the last picture, while playing. */
  update(happened: number, passedFrom: number): void {
    if (happened === this.#happened && passedFrom >= happened) return
    const marked = passedFrom < happened
    if (marked && this.#timer === undefined) this.#freshFrom = passedFrom
    if (!marked) this.#freshFrom = happened
    clearTimeout(this.#timer)
    this.#timer = marked ? setTimeout(() => this.#settle(), FRESH) : undefined
    this.#happened = happened
    this.list.refresh()
    this.list.follow(lastBelow(this.#rows, happened))
  }

  close(): void {
    clearTimeout(this.#timer)
    this.list.close()
    for (const end of this.#ends.splice(0)) end()
  }

  get #kinds(): Float64Array {
    return this.#replay.events.kind ?? new Float64Array()
  }

  #settle(): void {
    this.#timer = undefined
    this.#freshFrom = this.#happened
    this.list.refresh()
  }

  #choose(name: string): void {
    const kinds = FILTERS.find((one) => one.name === name)?.kinds ?? null
    this.#rows = filtered(this.#replay.meta, this.#kinds, kinds)
    this.list.reset(this.#rows.length)
    const current = lastBelow(this.#rows, this.#happened)
    this.list.follow(current)
    this.list.reveal(current)
  }

  #fill(element: HTMLElement, index: number): void {
    const row = this.#rows[index] as number
    const { events, meta } = this.#replay
    const words = eventWords(meta, events, row, (id) => this.#order(id))
    const at = clock(events.ts?.[row] ?? 0)
    const [day, time, sign, what, detail] = element.children
    write(day as Element, at.slice(8, 10))
    write(time as Element, at.slice(11, 23))
    write(sign as Element, words.sign)
    write(what as Element, words.kind)
    write(detail as Element, words.detail)
    const order = events.order?.[row] ?? 0
    put(element, "title", `${at}  ${words.kind}  ${words.detail}${order > 0 ? `  order ${order}` : ""}`)
    put(element, "data-tone", words.tone)
    put(element, "data-later", row >= this.#happened)
    put(element, "data-fresh", row >= this.#freshFrom && row < this.#happened)
  }

  #order(id: number): string {
    const row = this.#orders.get(id)
    if (row === undefined) return `#${id}`
    const { orders, meta } = this.#replay
    const at = (name: string) => orders[name]?.[row] ?? 0
    return orderWords(meta, at("side"), at("type"), at("role"))
  }
}
