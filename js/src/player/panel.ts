/** A part of the side that can be folded away. */

import { make, on, put, write } from "./dom"
import { icon } from "./icons"

export class Panel {
  readonly element: HTMLElement
  readonly head: HTMLElement
  #count: HTMLElement
  #ends: (() => void)[]

  constructor(title: string, body: HTMLElement, extra: HTMLElement[] = []) {
    this.#count = make("span", { class: "btl-p-count" })
    const fold = make("button", { type: "button", class: "btl-p-fold", "aria-expanded": "true" }, icon("fold"), title)
    fold.append(this.#count)
    this.head = make("div", { class: "btl-p-panelhead" }, fold, ...extra)
    this.element = make("section", { class: "btl-p-panel", "aria-label": title }, this.head, body)
    this.#ends = [
      on(fold, "click", () => {
        const open = fold.getAttribute("aria-expanded") === "true"
        put(fold, "aria-expanded", open ? "false" : "true")
        put(this.element, "data-folded", open)
      }),
    ]
  }

  /** A number beside the title; null for none. */
  count(n: number | null): void {
    write(this.#count, n === null ? "" : String(n))
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }
}
