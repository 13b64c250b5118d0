/** The two long lists of the run, events and trades, one at a time. */

import { make, on, put } from "./dom"
import type { EventLog } from "./log"
import type { TradeList } from "./trades"

export class Book {
  readonly element: HTMLElement
  #tabs: { button: HTMLButtonElement; control: HTMLElement; body: HTMLElement }[]
  #ends: (() => void)[] = []

  /** `empty` says why there are no trades. */
  constructor(log: EventLog, trades: TradeList, counts: { events: number; trades: number }, empty: string | null) {
    const none = empty === null ? [] : [make("p", { class: "btl-p-why" }, empty)]
    const tradesBody = make("div", { class: "btl-p-booklist" }, ...none, trades.list.element)
    if (counts.trades === 0) trades.list.element.hidden = true
    this.#tabs = [
      this.#tab("Events", counts.events, log.filter, make("div", { class: "btl-p-booklist" }, log.list.element)),
      this.#tab("Trades", counts.trades, trades.order, tradesBody),
    ]
    const tabs = make("div", { class: "btl-p-tabs", role: "tablist" }, ...this.#tabs.map(({ button }) => button))
    const head = make("div", { class: "btl-p-panelhead" }, tabs, ...this.#tabs.map(({ control }) => control))
    this.element = make("section", { class: "btl-p-book" }, head, ...this.#tabs.map(({ body }) => body))
    this.show(counts.events === 0 && empty !== null ? 1 : 0)
  }

  show(index: number): void {
    this.#tabs.forEach(({ button, control, body }, i) => {
      put(button, "aria-selected", i === index ? "true" : "false")
      control.hidden = i !== index
      body.hidden = i !== index
    })
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  #tab(title: string, count: number, control: HTMLElement, body: HTMLElement) {
    const number = make("span", { class: "btl-p-count" }, count.toLocaleString("en"))
    const button = make("button", { type: "button", class: "btl-p-tab", role: "tab" }, title, number)
    const index = title === "Events" ? 0 : 1
    this.#ends.push(on(button, "click", () => this.show(index)))
    put(body, "role", "tabpanel")
    put(body, "aria-label", title)
    return { button, control, body }
  }
}
