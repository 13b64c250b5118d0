/** A price chart: the focus, or a small one of another timeframe. Feeds a figure of panes.py with what a frame says. */

import { price as priceText } from "../model/format"
import type { FormingBar, Frame } from "../model/frame"
import type { TradingMs } from "../model/messages"
import type { Micros, Points, SymbolMeta, TimeframeMeta } from "../model/meta"
import type { Palette } from "../model/recolour"
import type { BarWindow, Replay } from "../model/replay"
import { countUpTo } from "../model/search"
import type { TradingTime } from "../model/time"
import { candles, extremes, rowsOf } from "./candles"
import type { Window } from "./clip"
import { crossRows } from "./cross"
import { deedRows } from "./deeds"
import { type Level, levels } from "./levels"
import { type Limits, steady } from "./limits"
import { eventMarks, paths } from "./marks"
import { feedValues, indicatorsOf, type Shown } from "./overlays"
import type { Plot } from "./plot"
import { Sheet } from "./sheet"
import { barWidth, type Span, spanOf } from "./span"

/** What a price chart is asked to show. */
export interface Scene {
  symbol: number
  timeframe: string
  /** How many of them are seen, and which share of the width lies before the cursor. */
  bars: number
  anchor: number
  future: "hidden" | "ghost"
}

const LEAST = 12 // points; a quiet minute is not blown up to look like a storm
const NEAR = 0.4 // share of the height: a level no further away widens the picture instead of lying outside of it

export class PricePane {
  readonly plot: Plot
  /** Blocks that would make it better. */
  missing: string[] = []
  span: Span | null = null
  #replay: Replay
  #time: TradingTime
  #small: boolean
  #of = ""
  #about: SymbolMeta
  #shown: Shown[] = []
  #key = ""
  #bars: BarWindow | null = null
  #limits: Limits | null = null
  #seen = false // once the axis has been told

  constructor(plot: Plot, replay: Replay, time: TradingTime, small: boolean) {
    this.plot = plot
    this.#replay = replay
    this.#time = time
    this.#small = small
    this.#about = replay.meta.symbols[0] as SymbolMeta
    plot.cuts(replay.meta, time)
  }

  show(frame: Frame, scene: Scene, palette: Palette): void {
    const timeframe = this.#replay.meta.timeframes.find((one) => one.name === scene.timeframe)
    const state = frame.bars[scene.symbol]?.[scene.timeframe]
    if (!timeframe || !state) return
    this.#begin(scene)
    this.#lower(scene, timeframe, this.#current(frame, scene, timeframe, state), state.closed)
    this.#upper(frame, scene, state.forming, palette)
  }

  /** Price under a share of the frame's height. */
  priceAt(share: number): Points | null {
    const limits = this.#limits
    return limits && Math.round((limits.low + share * (limits.high - limits.low)) * this.#scale)
  }

  crosshair(ts: Micros | null, at: Points | null, palette: Palette): void {
    const box = this.#box()
    if (!box) return
    const x = ts === null ? null : this.#time.x(ts)
    const y = at === null ? null : at / this.#scale
    const text = at === null ? "" : priceText(at, this.#about)
    const { lines, texts } = crossRows(box, x, ts, y, text, !this.#small, palette)
    this.plot.feed("cross_lines", lines.data)
    this.plot.feed("cross_texts", texts.data)
  }

  get #scale(): number {
    return 10 ** this.#about.digits
  }

  #begin(scene: Scene): void {
    const of = `${scene.symbol} ${scene.timeframe} ${scene.bars}`
    if (of === this.#of) return
    this.#of = of
    this.#limits = null
    this.#about = this.#replay.meta.symbols[scene.symbol] as SymbolMeta
    const { digits } = this.#about
    this.plot.set("prices", { format: digits > 0 ? `0.${"0".repeat(digits)}` : "0" })
    this.#shown = indicatorsOf(this.#replay.meta, "price", scene.symbol, scene.timeframe)
  }

  /** Where the bar at the cursor begins, also when it has no tick yet. */
  #current(
    frame: Frame,
    { symbol, timeframe }: Scene,
    { us }: TimeframeMeta,
    { closed, forming }: { closed: number; forming: FormingBar | null },
  ): TradingMs {
    if (forming) return this.#time.x(forming.ts)
    const unit = us / 1000
    const last = closed > 0 ? this.#replay.bars(symbol, timeframe, closed - 1, closed).end[0] : undefined
    const from = last === undefined || Number.isNaN(last) ? 0 : this.#time.x(last)
    return (from + Math.floor((this.#time.x(frame.ts) - from) / unit) * unit) as TradingMs
  }

  /** What stands still between two bars: time axis, closed candles, indicators. */
  #lower(scene: Scene, timeframe: TimeframeMeta, current: TradingMs, closed: number): void {
    const span = spanOf(current, closed, scene.bars, scene.anchor, this.#unit(scene.symbol, timeframe))
    const key = `${this.#of} ${span.x0} ${span.x1} ${closed} ${scene.future}`
    if (key === this.#key && this.missing.length === 0) return
    this.#key = key
    this.span = span
    const to = Math.min(scene.future === "ghost" ? span.to : closed, timeframe.counts[scene.symbol] ?? 0)
    const bars = this.#replay.bars(scene.symbol, scene.timeframe, span.from, Math.max(to, span.from))
    const known = rowsOf(bars, span.from, closed)
    this.#bars = bars
    this.plot.range("x", span.x0, span.x1)
    this.plot.feed("candles", candles(known, this.#time, this.#scale))
    this.plot.feed("ghost", candles(rowsOf(bars, closed, to), this.#time, this.#scale))
    const { missing } = feedValues(this.#replay, this.plot, this.#shown, known, this.#time)
    this.missing = [...bars.missing, ...missing]
  }

  #unit(symbol: number, timeframe: TimeframeMeta): TradingMs {
    const index = this.#replay.blocks.get(`index/bars/${symbol}/${timeframe.name}`)?.columns.ts
    const first = this.#time.x(index?.[0] ?? 0)
    const last = this.#time.x(index?.at(-1) ?? 0)
    return barWidth(timeframe.us, index ? (timeframe.counts[symbol] ?? 0) : 0, first, last)
  }

  /** What follows the cursor. */
  #upper(frame: Frame, scene: Scene, forming: FormingBar | null, palette: Palette): void {
    const shown = this.#small ? [] : levels(frame, scene.symbol, this.#replay.meta)
    this.#setLimits(frame, scene, forming, shown)
    if (!this.span) return
    const box = this.#box() ?? { x0: this.span.x0, x1: this.span.x1, y0: 0, y1: 1 }
    const { width, height } = this.plot.frame
    const { edge } = this.span
    const scale = { box, edge, time: this.#time, about: this.#about, width, height, palette, small: this.#small }
    const sheet = new Sheet(scale, frame)
    const quote = frame.quotes[scene.symbol]
    if (forming) sheet.forming(forming)
    if (quote) sheet.quote(quote)
    const why = this.#why()
    if (why) sheet.note(why)
    sheet.levels(shown)
    sheet.cursor(forming)
    sheet.legend(frame, scene.timeframe, forming, this.#shown)
    sheet.tags()
    this.plot.feed("areas", sheet.areas.data)
    this.plot.feed("lines", sheet.lines.data)
    this.plot.feed("texts", sheet.texts.data)
    if (!this.#small) this.#deeds(frame, scene.symbol, box, palette)
  }

  #deeds(frame: Frame, symbol: number, box: Window, palette: Palette): void {
    const from = this.#time.instant(box.x0 as TradingMs)
    const to = this.#time.instant(box.x1 as TradingMs) + 1
    const marks = eventMarks(this.#replay, frame, symbol, from, to)
    const trips = paths(this.#replay, frame, symbol, from, to)
    const rows = deedRows(marks, trips, box, this.#time, this.#scale, palette, (ts) => this.#priceAround(ts))
    this.plot.feed("paths", rows.lines.data)
    this.plot.feed("marks", rows.marks.data)
  }

  /** Why there is nothing to see, or less than there should be. */
  #why(): string | null {
    const { blocks } = this.#replay
    const failed = this.missing.map((key) => blocks.failure(key)).find((reason) => reason !== undefined)
    if (failed) return failed
    if (this.#limits) return null
    return this.missing.length > 0 ? "loading" : "no price yet"
  }

  #priceAround(ts: Micros): Points {
    const bars = this.#bars
    const row = bars ? Math.min(countUpTo(bars.end, ts), bars.to - bars.from - 1) : -1
    return bars?.open[row] ?? Number.NaN
  }

  #setLimits(frame: Frame, scene: Scene, forming: FormingBar | null, shown: Level[]): void {
    const { span } = this
    if (!span || !this.#bars) return
    const { low, high } = extremes(this.#bars, this.#time.instant(span.x0), this.#time.instant(span.x1))
    const quote = this.#small ? null : frame.quotes[scene.symbol]
    const seen = [low, high, forming?.low, forming?.high, quote?.bid, quote?.ask].filter(isNumber)
    if (seen.length === 0) {
      this.#see(null)
      return
    }
    const reach = NEAR * Math.max(Math.max(...seen) - Math.min(...seen), LEAST)
    const [least, most] = [Math.min(...seen) - reach, Math.max(...seen) + reach]
    seen.push(...shown.map((level) => level.price).filter((price) => price >= least && price <= most))
    const scale = this.#scale
    this.#see(steady(this.#limits, Math.min(...seen) / scale, Math.max(...seen) / scale, LEAST / scale))
  }

  /** Before the first price there is nothing for the axis to say. */
  #see(limits: Limits | null): void {
    if (limits === this.#limits && this.#seen) return
    this.#seen = true
    this.#limits = limits
    this.plot.range("y", limits?.low ?? 0, limits?.high ?? 1)
    this.plot.set("price_axis", { major_label_text_alpha: limits ? 1 : 0 })
  }

  #box(): Window | null {
    const limits = this.#limits
    return this.span && limits && { x0: this.span.x0, x1: this.span.x1, y0: limits.low, y1: limits.high }
  }
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value)
}
