/** Above the large chart: which timeframe it shows, and the bar under the pointer in figures. */

import { clock, price } from "../model/format"
import type { FormingBar, Frame } from "../model/frame"
import type { Meta, Micros } from "../model/meta"
import type { Replay } from "../model/replay"
import { make, on, put, write } from "./dom"

const DAY = 86_400_000_000 // µs

interface Seen extends Omit<FormingBar, "volume"> {
  state: "" | "forming" | "later"
  /** Row among the timeframe's bars. */
  row: number
}

export class FocusBar {
  readonly element: HTMLElement
  #replay: Replay
  #meta: Meta
  #buttons = new Map<string, HTMLButtonElement>()
  #when = make("span", { class: "btl-p-when" })
  #figures: [HTMLElement, HTMLElement][]
  #state = make("span", { class: "btl-p-state" })
  #values = make("span", { class: "btl-p-values" })
  #readout: HTMLElement
  #ends: (() => void)[] = []

  constructor(replay: Replay, choose: (timeframe: string) => void) {
    this.#replay = replay
    this.#meta = replay.meta
    const names = this.#meta.shown
    const row = make("div", { class: "btl-p-frames", role: "group", "aria-label": "Timeframe of the large chart" })
    names.forEach((name, i) => {
      const title = i < 9 ? `${name} (${i + 1})` : name
      const button = make("button", { type: "button", class: "btl-p-frame", "aria-pressed": "false", title }, name)
      this.#buttons.set(name, button)
      this.#ends.push(on(button, "click", () => choose(name)))
      row.append(button)
    })
    this.#figures = ["O", "H", "L", "C", "ticks"].map((name) => {
      const value = make("b", {})
      return [make("span", { class: "btl-p-figure" }, make("i", {}, name), value), value]
    })
    this.#readout = make(
      "div",
      { class: "btl-p-readout", "aria-hidden": "true" },
      this.#when,
      ...this.#figures.map(([pair]) => pair),
      this.#state,
      this.#values,
    )
    this.element = make("div", { class: "btl-p-focusbar" }, row, this.#readout)
  }

  /** The bar at `at`, or the one at the cursor when the pointer is nowhere. */
  update(frame: Frame, symbol: number, timeframe: string, at: Micros | null, ghost: boolean): void {
    for (const [name, button] of this.#buttons) put(button, "aria-pressed", name === timeframe ? "true" : "false")
    const about = this.#meta.symbols[symbol]
    const seen = this.#bar(frame, symbol, timeframe, at, ghost)
    // The chart itself has the figures of the bar at the cursor.
    put(this.#readout, "data-short", !seen || at === null)
    if (!seen || !about) {
      write(this.#when, at === null ? "no bar yet" : "not known at the cursor")
      write(this.#state, "")
      write(this.#values, "")
      for (const [, value] of this.#figures) write(value, "")
      return
    }
    write(this.#when, span(seen.ts, seen.end))
    const figures = [seen.open, seen.high, seen.low, seen.close].map((points) => price(points, about))
    for (const [i, text] of [...figures, seen.ticks.toLocaleString("en")].entries()) {
      write(this.#figures[i]?.[1] as HTMLElement, text)
    }
    write(this.#state, seen.state)
    write(
      this.#values,
      at === null
        ? `${seen.ticks.toLocaleString("en")} ${seen.ticks === 1 ? "tick" : "ticks"}`
        : this.#indicators(seen, symbol, timeframe),
    )
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  #indicators(seen: Seen, symbol: number, timeframe: string): string {
    if (seen.state !== "") return ""
    const texts = this.#meta.indicators.flatMap((about, index) => {
      if (about.symbol !== symbol || about.timeframe !== timeframe) return []
      const value = this.#replay.values(index, seen.row, seen.row + 1)[0]
      return value === undefined || Number.isNaN(value) ? [] : [`${about.name} ${value.toFixed(about.digits)}`]
    })
    return texts.join("   ")
  }

  #bar(frame: Frame, symbol: number, timeframe: string, at: Micros | null, ghost: boolean): Seen | null {
    const state = frame.bars[symbol]?.[timeframe]
    if (!state) return null
    const { forming, closed } = state
    if (at === null) return forming ? ofForming(forming, closed) : this.#closed(symbol, timeframe, closed - 1, "")
    if (forming && at >= forming.ts && at < forming.end) return ofForming(forming, closed)
    const row = this.#replay.closedAt(symbol, timeframe, at)
    if (row === undefined || (row >= closed && !ghost)) return null
    const bar = this.#closed(symbol, timeframe, row, row >= closed ? "later" : "")
    return bar && at >= bar.ts ? bar : null
  }

  #closed(symbol: number, timeframe: string, row: number, state: Seen["state"]): Seen | null {
    if (row < 0) return null
    const bars = this.#replay.bars(symbol, timeframe, row, row + 1)
    const at = (column: Float64Array) => column[0] ?? Number.NaN
    if (bars.to <= bars.from || Number.isNaN(at(bars.ts))) return null
    const { ts, end, open, high, low, close, ticks } = bars
    return {
      ts: at(ts),
      end: at(end),
      open: at(open),
      high: at(high),
      low: at(low),
      close: at(close),
      ticks: at(ticks),
      state,
      row,
    }
  }
}

function ofForming({ ts, end, open, high, low, close, ticks }: FormingBar, row: number): Seen {
  return { ts, end, open, high, low, close, ticks, state: "forming", row }
}

/** The times of day that a bar covers, or its day. */
function span(ts: Micros, end: Micros): string {
  if (end - ts >= DAY) return clock(ts).slice(0, 10)
  return `${clock(ts).slice(11, 16)} – ${clock(end).slice(11, 16)}`
}
