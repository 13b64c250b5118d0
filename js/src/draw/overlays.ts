/** Indicators: which lie in a chart, their columns, and what they are now. */

import type { Frame } from "../model/frame"
import type { IndicatorMeta, Meta } from "../model/meta"
import type { Palette } from "../model/recolour"
import type { BarWindow, Replay } from "../model/replay"
import type { TradingTime } from "../model/time"
import { middles } from "./candles"
import type { Window } from "./clip"
import type { Plot } from "./plot"
import type { TextStyle, Texts } from "./rows"

export interface Shown {
  about: IndicatorMeta
  /** Its number in the run. */
  index: number
}

const COLOURS = 4 // backtestr_lab/replay/colours.py OVERLAYS

export function indicatorsOf(meta: Meta, pane: string, symbol: number, timeframe: string): Shown[] {
  return meta.indicators.flatMap((about, index) =>
    about.pane === pane && about.symbol === symbol && about.timeframe === timeframe ? [{ about, index }] : [],
  )
}

/** Puts the values on the closed bars into a figure's `overlays`; says what blocks they lack. */
export function feedValues(
  replay: Replay,
  plot: Plot,
  shown: Shown[],
  bars: BarWindow,
  time: TradingTime,
): { columns: Record<string, Float64Array>; missing: string[] } {
  const columns: Record<string, Float64Array> = {}
  const missing = new Set<string>()
  const slots = plot.columns("overlays").length - 1
  for (let slot = 0; slot < slots; slot++) {
    const one = shown[slot]
    columns[`v${slot}`] = one
      ? replay.values(one.index, bars.from, bars.to)
      : new Float64Array(bars.to - bars.from).fill(Number.NaN)
  }
  if (slots > 0) plot.feed("overlays", { x: middles(bars, time), ...columns })
  for (const { about } of shown) {
    const size = replay.meta.timeframes.find((one) => one.name === about.timeframe)?.size ?? 1
    for (let block = Math.floor(bars.from / size); block * size < bars.to; block++) {
      const key = `values/${about.symbol}/${about.timeframe}/${block}`
      if (!replay.blocks.get(key) && replay.blocks.has(key)) missing.add(key)
    }
  }
  return { columns, missing: [...missing] }
}

/** Name and value of each, one below the other. */
export function valueTexts(
  frame: Frame,
  shown: Shown[],
  style: (row: number) => TextStyle,
  box: Window,
  texts: Texts,
  palette: Palette,
): void {
  shown.forEach(({ about }, row) => {
    const value = frame.indicators[about.symbol]?.[about.name]
    const text = typeof value === "number" ? valueText(value, about.digits) : "–"
    texts.add(box.x0, box.y1, `${about.label}  ${text}`, overlayColour(palette, row), style(row))
  })
}

export function overlayColour(palette: Palette, slot: number): string {
  return palette[`overlay${(slot % COLOURS) + 1}`] ?? "#808080"
}

export function valueText(value: number, digits: number): string {
  return value.toFixed(digits).replace("-", "−")
}
