/** The cursor's time: large, and a field to type another one into. */

import { clock, parseTime } from "../model/format"
import type { Meta, Micros } from "../model/meta"
import { make, on, put, write } from "./dom"

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

export class TimeField {
  readonly element: HTMLElement
  #ts: Micros = 0
  #date = make("span", { class: "btl-p-date" })
  #time = make("span", { class: "btl-p-clock" })
  #button: HTMLButtonElement
  #input = make("input", {
    class: "btl-p-timeinput",
    "aria-label": "Time, UTC",
    spellcheck: "false",
    autocomplete: "off",
    hidden: true,
  })
  #ends: (() => void)[]
  #done: (back: boolean) => void

  /** `go` with the time that was typed; `done` when typing ended; `say` when it was not a time. */
  constructor(meta: Meta, go: (ts: Micros) => void, done: () => void, say: (text: string) => void) {
    const zone = make("span", { class: "btl-p-zone" }, "UTC")
    this.#button = make(
      "button",
      { type: "button", class: "btl-p-time", title: "Type a time (t)" },
      this.#date,
      this.#time,
      zone,
    )
    this.element = make("div", { class: "btl-p-timefield" }, this.#button, this.#input)
    this.#done = (back) => {
      if (this.#input.hidden) return
      this.#input.hidden = true
      this.#button.hidden = false
      if (back) done()
    }
    this.#ends = [
      on(this.#button, "click", () => this.edit()),
      on(this.#input, "blur", () => this.#done(false)),
      on(this.#input, "keydown", (event) => {
        event.stopPropagation()
        if (event.key === "Escape") this.#done(true)
        if (event.key !== "Enter") return
        const ts = parseTime(this.#input.value, meta.start, meta.end, this.#ts)
        put(this.#input, "aria-invalid", ts === null ? "true" : null)
        if (ts === null) return say(`"${this.#input.value}" is no time; type 2024-01-05 12:31, or 12:31:07.250`)
        this.#done(true)
        go(ts)
      }),
    ]
  }

  show(ts: Micros): void {
    this.#ts = ts
    const text = clock(ts)
    const weekday = WEEKDAYS[new Date(Math.floor(ts / 1000)).getUTCDay()] ?? ""
    write(this.#date, `${weekday} ${text.slice(0, 10)}`)
    write(this.#time, text.slice(11))
    put(this.#button, "aria-label", `${weekday} ${text} UTC; type another time`)
  }

  edit(): void {
    this.#input.hidden = false
    this.#button.hidden = true
    this.#input.value = clock(this.#ts)
    put(this.#input, "aria-invalid", null)
    this.#input.focus({ preventScroll: true })
    this.#input.select()
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }
}
