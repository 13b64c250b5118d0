/** The elements of the player and where they stand; player.css says how they are arranged. */

import type { Places } from "../draw/charts"
import { clock } from "../model/format"
import type { Meta, Micros } from "../model/meta"
import { make, on, put } from "./dom"

export interface Parts {
  head: HTMLElement
  focusBar: HTMLElement
  transport: HTMLElement
  side: readonly HTMLElement[]
  book: HTMLElement
  overlays: readonly HTMLElement[]
}

export class Screen {
  readonly root: HTMLElement
  readonly places: Places
  readonly note = make("span", { class: "btl-p-note", role: "status" })
  readonly said = make("span", { class: "btl-p-said" })
  #meta: Meta
  #smalls = new Map<string, HTMLElement>()
  #ends: (() => void)[] = []
  #smallGrid = make("div", { class: "btl-p-smalls" })

  constructor(meta: Meta, focus: (timeframe: string) => void) {
    this.#meta = meta
    const small: Record<string, HTMLElement> = {}
    for (const name of meta.shown) {
      const place = make("div", { class: "btl-p-place" })
      const button = make(
        "button",
        { type: "button", class: "btl-p-smallname", title: `${name} in the large chart` },
        name,
      )
      this.#ends.push(on(button, "click", () => focus(name)))
      const cell = make("div", { class: "btl-p-small" }, place, button)
      small[name] = place
      this.#smalls.set(name, cell)
      this.#smallGrid.append(cell)
    }
    const own = make("div", { class: "btl-p-own", hidden: true })
    this.places = {
      focus: make("div", { class: "btl-p-place btl-p-focus" }),
      own,
      small,
      timeline: make("div", {
        class: "btl-p-place btl-p-timeline",
        role: "slider",
        tabindex: 0,
        "aria-label": "Cursor in the run",
        "aria-valuemin": 0,
        "aria-valuemax": 100,
      }),
    }
    this.root = make("div", {
      class: "btl-player",
      tabindex: 0,
      role: "group",
      "aria-label": `Replay of ${meta.name}, ${meta.scope}. Press ? for the keys.`,
      "data-lm-suppress-shortcuts": "true",
      "data-jp-suppress-context-menu": "true",
    })
  }

  build({ head, focusBar, transport, side, book, overlays }: Parts): void {
    const { focus, own, timeline } = this.places
    const large = make("div", { class: "btl-p-large" }, focusBar, focus, own)
    const charts = make("div", { class: "btl-p-charts" }, large, this.#smallGrid)
    const bottom = make("div", { class: "btl-p-bottom" }, timeline, transport)
    const aside = make(
      "aside",
      { class: "btl-p-side", "aria-label": "State at the cursor" },
      make("div", { class: "btl-p-state-panels" }, ...side),
      book,
    )
    const foot = make("div", { class: "btl-p-foot" }, this.said, this.note)
    this.root.append(make("div", { class: "btl-p-grid" }, head, charts, bottom, aside, foot), ...overlays)
  }

  /** The large chart's timeframe has no small one beside it. */
  setFocus(timeframe: string): void {
    let count = 0
    for (const [name, cell] of this.#smalls) {
      cell.hidden = name === timeframe
      if (!cell.hidden) count++
    }
    this.#smallGrid.hidden = count === 0
    this.#smallGrid.style.setProperty("--count", String(count))
    this.#smallGrid.style.setProperty("--half", String(Math.ceil(count / 2)))
  }

  /** What the timeline is as a slider. */
  setCursor(ts: Micros): void {
    const { start, end } = this.#meta
    put(this.places.timeline, "aria-valuenow", Math.round((100 * (ts - start)) / Math.max(end - start, 1)))
    put(this.places.timeline, "aria-valuetext", `${clock(ts).slice(0, 19)} UTC`)
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
    this.root.remove()
  }

  paint(palette: Record<string, string>, mode: string): void {
    for (const [role, colour] of Object.entries(palette)) this.root.style.setProperty(`--btl-${role}`, colour)
    this.root.dataset.mode = mode
  }
}
