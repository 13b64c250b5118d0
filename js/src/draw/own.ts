/** Indicators with a scale of their own, below the focus and on its time. */

import type { Frame } from "../model/frame"
import type { Micros } from "../model/meta"
import type { Palette } from "../model/recolour"
import type { Replay } from "../model/replay"
import type { TradingTime } from "../model/time"
import { labelPlaces } from "./apart"
import type { Window } from "./clip"
import { crossRows } from "./cross"
import { type Limits, steady } from "./limits"
import { feedValues, indicatorsOf, overlayColour, type Shown, valueText, valueTexts } from "./overlays"
import type { Plot } from "./plot"
import { Lines, Texts } from "./rows"
import type { Span } from "./span"

export class OwnPane {
  readonly plot: Plot
  readonly name: string
  missing: string[] = []
  #replay: Replay
  #time: TradingTime
  #fixed: Limits | null
  #limits: Limits | null
  #span: Span | null = null
  #key = ""

  constructor(plot: Plot, name: string, replay: Replay, time: TradingTime) {
    this.plot = plot
    this.name = name
    this.#replay = replay
    this.#time = time
    // An indicator like RSI has limits of its own, which panes.py has set.
    const bounds = plot.model("y").properties.bounds?.get_value() as [number, number] | null
    this.#fixed = bounds && { low: bounds[0], high: bounds[1] }
    this.#limits = this.#fixed
    plot.cuts(replay.meta, time)
  }

  /** What it shows of that timeframe; nothing when its indicators run on another. */
  of(symbol: number, timeframe: string): Shown[] {
    return indicatorsOf(this.#replay.meta, this.name, symbol, timeframe)
  }

  show(frame: Frame, symbol: number, timeframe: string, span: Span, palette: Palette): void {
    const shown = this.of(symbol, timeframe)
    const closed = frame.bars[symbol]?.[timeframe]?.closed ?? 0
    const key = `${symbol} ${timeframe} ${span.x0} ${span.x1} ${closed}`
    this.#span = span
    if (key !== this.#key || this.missing.length > 0) {
      this.#key = key
      const bars = this.#replay.bars(symbol, timeframe, span.from, Math.max(closed, span.from))
      const { columns, missing } = feedValues(this.#replay, this.plot, shown, bars, this.#time)
      this.missing = [...bars.missing, ...missing]
      this.plot.range("x", span.x0, span.x1)
      if (!this.#fixed) this.#setLimits(columns)
    }
    const box = this.#box()
    if (!box) return
    const lines = new Lines()
    const texts = new Texts()
    const x = this.#time.x(frame.ts)
    if (x >= box.x0 && x <= box.x1) lines.add(x, box.y0, x, box.y1, palette.accent ?? "", { alpha: 0.75 })
    const legend = { fill: palette.surface ?? null, cover: 0.72, anchor: "top_left" as const }
    let indent = 4
    valueTexts(
      frame,
      shown,
      (row) => {
        const style = { ...legend, dy: 3, dx: indent }
        indent += 60 + 7 * (shown[row]?.about.label.length ?? 0)
        return style
      },
      box,
      texts,
      palette,
    )
    this.#tags(frame, shown, box, texts, palette)
    this.plot.feed("lines", lines.data)
    this.plot.feed("texts", texts.data)
  }

  crosshair(ts: Micros | null, palette: Palette): void {
    const box = this.#box()
    if (!box) return
    const { lines, texts } = crossRows(box, ts === null ? null : this.#time.x(ts), ts, null, "", false, palette)
    this.plot.feed("cross_lines", lines.data)
    this.plot.feed("cross_texts", texts.data)
  }

  #tags(frame: Frame, shown: Shown[], box: Window, texts: Texts, palette: Palette): void {
    const now = shown.flatMap(({ about }, slot) => {
      const value = frame.indicators[about.symbol]?.[about.name]
      return typeof value === "number" && value >= box.y0 && value <= box.y1 ? [{ about, slot, value }] : []
    })
    const places = labelPlaces(
      now.map((one) => one.value),
      this.plot.frame.height,
      box,
    )
    now.forEach(({ about, slot, value }, i) => {
      const style = { dx: 4, fill: overlayColour(palette, slot) }
      texts.add(box.x1, places[i] ?? value, valueText(value, about.digits), palette.surface ?? "", style)
    })
  }

  #setLimits(columns: Record<string, Float64Array>): void {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (const column of Object.values(columns)) {
      for (let i = 0; i < column.length; i++) {
        const value = column[i] ?? Number.NaN
        if (value < low) low = value
        if (value > high) high = value
      }
    }
    const limits = steady(this.#limits, low, high, 1e-12)
    if (limits === this.#limits) return
    this.#limits = limits
    this.plot.range("y", limits.low, limits.high)
  }

  #box(): Window | null {
    const limits = this.#limits
    return this.#span && limits && { x0: this.#span.x0, x1: this.#span.x1, y0: limits.low, y1: limits.high }
  }
}
