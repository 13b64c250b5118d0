/** What the keys and the mouse do, over the charts. */

import { make, on } from "./dom"
import { icon } from "./icons"
import { GESTURES, KEYS } from "./keys"

const GROUPS = ["Move", "Jump", "View"] as const

export class Help {
  readonly element: HTMLElement
  #close: HTMLButtonElement
  #done: () => void
  #end: () => void

  constructor(done: () => void) {
    this.#done = done
    this.#close = make(
      "button",
      { type: "button", class: "btl-p-button", "aria-label": "Close the help" },
      icon("close"),
    )
    const head = make("div", { class: "btl-p-helphead" }, make("b", {}, "Keys and gestures"), this.#close)
    const columns = GROUPS.map((group) => {
      const keys = KEYS.filter((key) => key.group === group)
      return part(
        group,
        keys.map(
          ({ keys: names, label }) => [names.length > 3 ? [`${names[0]} … ${names.at(-1)}`] : names, label] as const,
        ),
      )
    })
    const mouse = part(
      "Mouse",
      GESTURES.map(([gesture, label]) => [[gesture], label] as const),
    )
    mouse.classList.add("btl-p-mouse")
    const card = make(
      "div",
      { class: "btl-p-helpcard" },
      head,
      make("div", { class: "btl-p-helpgrid" }, ...columns, mouse),
    )
    this.element = make(
      "div",
      { class: "btl-p-help", role: "dialog", "aria-modal": "true", "aria-label": "Keys and gestures", hidden: true },
      card,
    )
    this.#end = on(this.element, "click", (event) => {
      const target = event.target as Element
      if (target === this.element || target.closest("button")) this.toggle()
    })
  }

  get open(): boolean {
    return !this.element.hidden
  }

  toggle(): void {
    this.element.hidden = this.open
    if (this.open) this.#close.focus({ preventScroll: true })
    else this.#done()
  }

  close(): void {
    this.#end()
  }
}

function part(title: string, rows: readonly (readonly [readonly string[], string])[]): HTMLElement {
  const list = make("dl", {})
  for (const [keys, label] of rows) {
    list.append(make("dt", {}, ...keys.map((key) => make("kbd", {}, key))), make("dd", {}, label))
  }
  return make("div", { class: "btl-p-helppart" }, make("h4", {}, title), list)
}
