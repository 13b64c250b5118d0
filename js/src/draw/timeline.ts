/** The whole run below the charts: equity, the result of each trade, drawdown; the cursor and the brushed stretch. */

import { money } from "../model/format"
import type { Frame } from "../model/frame"
import type { TradingMs } from "../model/messages"
import type { MicroMoney, Micros } from "../model/meta"
import type { Palette } from "../model/recolour"
import type { Replay } from "../model/replay"
import { cell } from "../model/search"
import type { TradingTime } from "../model/time"
import { net } from "../model/trades"
import type { Window } from "./clip"
import { crossRows } from "./cross"
import type { Plot } from "./plot"
import { Areas, Lines, Marks, Texts } from "./rows"

// Shares of the height, from below.
const DRAWDOWN = [0.02, 0.24] as const
const RESULTS = [0.27, 0.47] as const
const EQUITY = [0.54, 0.88] as const
const MARGIN = 84 // CSS pixels left of the frame, less some air: panes.py's TIMELINE_MARGIN
const SMALLEST = 0.14 // of the largest result, so that a small one is seen

export class TimelinePane {
  readonly plot: Plot
  #replay: Replay
  #time: TradingTime
  #x: [TradingMs, TradingMs] | null = null
  #equity: [number, number] = [0, 1]
  #worst = 0
  #range = ""
  #palette: Palette | null = null

  constructor(plot: Plot, replay: Replay, time: TradingTime) {
    this.plot = plot
    this.#replay = replay
    this.#time = time
    plot.cuts(replay.meta, time)
    this.#curve()
  }

  get range(): [TradingMs, TradingMs] | null {
    return this.#x
  }

  show(frame: Frame, seen: [Micros, Micros] | null, brushed: [Micros, Micros] | null, palette: Palette): void {
    const [start, end] = seen ?? [this.#replay.meta.start, this.#replay.meta.end]
    const x: [TradingMs, TradingMs] = [this.#time.x(start), this.#time.x(Math.max(end, start + 1))]
    this.#x = x
    if (palette !== this.#palette) this.#results(palette)
    this.#palette = palette
    if (this.#range !== `${x[0]} ${x[1]}`) {
      this.#range = `${x[0]} ${x[1]}`
      this.plot.range("x", x[0], x[1])
    }
    this.#upper(frame, brushed, this.#box(x), palette)
  }

  crosshair(ts: Micros | null, palette: Palette): void {
    if (!this.#x) return
    const x = ts === null ? null : this.#time.x(ts)
    const { lines, texts } = crossRows(this.#box(this.#x), x, ts, null, "", true, palette)
    this.plot.feed("cross_lines", lines.data)
    this.plot.feed("cross_texts", texts.data)
  }

  #box([x0, x1]: [TradingMs, TradingMs]): Window {
    return { x0, x1, ...band(this.#equity, EQUITY) }
  }

  /** What does not change while the run is looked at. */
  #curve(): void {
    const { curve, meta } = this.#replay
    const n = curve.ts?.length ?? 0
    const x = new Float64Array(n)
    const equity = new Float64Array(n)
    const depth = new Float64Array(n)
    let low = meta.cash
    let high = meta.cash
    for (let i = 0; i < n; i++) {
      const worth = cell(curve.equity, i)
      const below = cell(curve.drawdown, i)
      x[i] = this.#time.x(cell(curve.ts, i))
      equity[i] = worth / 1e6
      depth[i] = below > 0 && worth + below > 0 ? (-100 * below) / (worth + below) : 0
      low = Math.min(low, worth)
      high = Math.max(high, worth)
      this.#worst = Math.min(this.#worst, depth[i] ?? 0)
    }
    if (high === low) high = low + Math.max(Math.abs(low) / 100, 1)
    this.#equity = [low / 1e6, high / 1e6]
    const frame = band(this.#equity, EQUITY)
    const base = new Float64Array(n).fill(low / 1e6)
    this.plot.range("y", frame.y0, frame.y1)
    const deep = band([Math.min(this.#worst, -1e-6), 0], DRAWDOWN)
    this.plot.range("drawdown_y", deep.y0, deep.y1)
    const results = band([-1, 1], RESULTS)
    this.plot.range("results_y", results.y0, results.y1)
    this.plot.feed("curve", { x, equity, base, depth })
    this.plot.set("equity_ticks", { ticks: roundBetween(low / 1e6, high / 1e6, 2) })
  }

  /** A bar for each trade at its exit: up and blue for a profit, down and orange for a loss. */
  #results(palette: Palette): void {
    const { trades } = this.#replay
    const n = trades.exit_ts?.length ?? 0
    const x = new Float64Array(n)
    const size = new Float64Array(n)
    const ink: string[] = new Array(n)
    let largest = 1
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(net(trades, i)))
    for (let i = 0; i < n; i++) {
      const result = net(trades, i)
      x[i] = this.#time.x(cell(trades.exit_ts, i))
      // By their root: most trades are small beside the largest, and are to be seen.
      const height = Math.max(Math.sqrt(Math.abs(result) / largest), SMALLEST)
      size[i] = result > 0 ? height : -height
      ink[i] = (result > 0 ? palette.good : palette.bad) ?? ""
    }
    this.plot.feed("results", { x, size, ink })
  }

  #upper(frame: Frame, brushed: [Micros, Micros] | null, box: Window, palette: Palette): void {
    const areas = new Areas()
    const lines = new Lines()
    const marks = new Marks()
    const texts = new Texts()
    const { x0, x1, y0, y1 } = box
    const accent = palette.accent ?? ""
    const surface = palette.surface ?? ""
    const hold = (x: number) => Math.min(Math.max(x, x0), x1)
    const x = this.#time.x(frame.ts)
    areas.add(hold(x), x1, y0, y1, surface, { cover: 0.62 })
    if (brushed) {
      const [from, to] = [hold(this.#time.x(brushed[0])), hold(this.#time.x(brushed[1]))]
      areas.add(from, to, y0, y1, accent, { cover: 0.12 })
      for (const edge of [from, to]) lines.add(edge, y0, edge, y1, accent, { alpha: 0.6 })
    }
    for (const share of [0.255, 0.5]) {
      const y = y0 + share * (y1 - y0)
      lines.add(x0, y, x1, y, palette.line ?? "", { alpha: 0.7 })
    }
    if (x >= x0 && x <= x1) {
      lines.add(x, y0, x, y1, accent, { width: 1.6 })
      marks.add(x, y1, "inverted_triangle", 13, accent, surface)
    }
    this.#captions(box, frame.equity, texts, palette)
    this.plot.feed("areas", areas.data)
    this.plot.feed("lines", lines.data)
    this.plot.feed("marks", marks.data)
    this.plot.feed("texts", texts.data)
  }

  /** Names of the bands, in the margin left of them; the axis on the right is for figures. */
  #captions({ x0, x1, y0, y1 }: Window, equity: MicroMoney, texts: Texts, palette: Palette): void {
    const quiet = palette.quiet ?? ""
    const style = { dx: -MARGIN, anchor: "top_left" as const }
    const at = (share: number) => y0 + share * (y1 - y0)
    texts.add(x0, y1, `Equity ${this.#replay.meta.currency}`, quiet, { ...style, dy: 2 })
    texts.add(x0, y1, money(equity), palette.equity ?? "", { ...style, dy: 17, bold: true })
    texts.add(x0, at(0.5), "Trades", quiet, { ...style, dy: 1 })
    texts.add(x0, at(0.255), "Drawdown", quiet, { ...style, dy: 1 })
    if (this.#worst < 0) {
      const worst = `−${Math.abs(this.#worst).toFixed(2)} %`
      texts.add(x1, at(DRAWDOWN[0]), worst, palette.bad ?? "", { dx: 4, anchor: "bottom_left" })
    }
  }
}

/** Limits of a whole frame in which [low, high] lies between two shares of its height. */
function band(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): { y0: number; y1: number } {
  const height = (high - low) / (to - from)
  const y0 = low - from * height
  return { y0, y1: y0 + height }
}

/** About so many round numbers inside [low, high]. */
export function roundBetween(low: number, high: number, count: number): number[] {
  const raw = (high - low) / Math.max(count, 1)
  if (!(raw > 0)) return []
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5, 10].find((one) => one * power >= raw) ?? 10) * power
  const ticks: number[] = []
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step)
  return ticks
}
