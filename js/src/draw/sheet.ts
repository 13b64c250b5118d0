/** The upper canvas of a price chart, filled anew for each frame: what there is at the cursor. */

import { price as priceText } from "../model/format"
import type { FormingBar, Frame, Quote } from "../model/frame"
import type { TradingMs } from "../model/messages"
import type { Points, SymbolMeta } from "../model/meta"
import type { Palette } from "../model/recolour"
import type { TradingTime } from "../model/time"
import { LABEL, labelPlaces } from "./apart"
import { INSET } from "./candles"
import { clipped, inFrame, type Window } from "./clip"
import type { Level } from "./levels"
import { type Shown, valueTexts } from "./overlays"
import type { Pixel } from "./plot"
import { Areas, Lines, Texts } from "./rows"

const CHARACTER = 6.4 // CSS pixels of a label's character, on average
const HATCH = 5 // CSS pixels between the diagonals of a forming bar
const MOST_HATCHES = 40
const GAP = 8 // between a label and the frame's edge

/** What all that is drawn refers to. */
export interface Scale {
  box: Window
  /** Where the current bar ends. */
  edge: TradingMs
  time: TradingTime
  about: SymbolMeta
  width: Pixel
  height: Pixel
  palette: Palette
  small: boolean
}

/** A price beside the axis. */
interface Tag {
  price: Points
  ink: string
  fill: string
  edge: string | null
  bold: boolean
}

export class Sheet {
  readonly areas = new Areas()
  readonly lines = new Lines()
  readonly texts = new Texts()
  #scale: Scale
  #x: TradingMs
  #perUnit: number
  #tags: Tag[] = []

  constructor(scale: Scale, frame: Frame) {
    this.#scale = scale
    this.#x = scale.time.x(frame.ts)
    this.#perUnit = 10 ** scale.about.digits
  }

  /** Unmistakable without colour too: a band over its whole time, a hatched body, a heavier outline. */
  forming(bar: FormingBar): void {
    const { box, time } = this.#scale
    const accent = this.#ink("accent")
    const from = Math.max(time.x(bar.ts), box.x0)
    const to = Math.min(time.x(bar.end), box.x1)
    if (!(to > from)) return
    const inset = (to - from) * INSET
    const fell = bar.close < bar.open
    const top = this.#y(Math.max(bar.open, bar.close))
    const bottom = this.#y(Math.min(bar.open, bar.close))
    this.areas.add(from, to, box.y0, box.y1, accent, { cover: 0.08 })
    const body = { cover: fell ? 0.35 : 0.9, edge: accent }
    this.areas.add(from + inset, to - inset, bottom, top, fell ? accent : this.#ink("surface"), body)
    this.#hatch({ x0: from + inset, x1: to - inset, y0: bottom, y1: top }, accent)
    const x = (from + to) / 2
    this.lines.add(x, top, x, this.#y(bar.high), accent, { width: 1.5 })
    this.lines.add(x, this.#y(bar.low), x, bottom, accent, { width: 1.5 })
  }

  /** Diagonals over an area. Bokeh's own hatch makes a canvas for its pattern at every feed, which takes 3 ms. */
  #hatch(area: Window, ink: string): void {
    const { box, width, height } = this.#scale
    const perPixel = { x: (box.x1 - box.x0) / width, y: (box.y1 - box.y0) / height }
    const wide = (area.x1 - area.x0) / perPixel.x
    const high = (area.y1 - area.y0) / perPixel.y
    const step = Math.max(HATCH, (wide + high) / MOST_HATCHES)
    for (let x = step - high; x < wide; x += step) {
      const left = area.x0 + x * perPixel.x
      const part = clipped(left, area.y0, left + high * perPixel.x, area.y1, area)
      if (part) this.lines.add(...part, ink, { alpha: 0.5 })
    }
  }

  /** The cursor's line; it leaves the forming bar free. */
  cursor(bar: FormingBar | null): void {
    const { box } = this.#scale
    const x = this.#x
    if (x < box.x0 || x > box.x1) return
    const gap = (box.y1 - box.y0) * 0.015
    const below = bar ? Math.min(this.#y(bar.low) - gap, box.y1) : box.y1
    if (below > box.y0) this.lines.add(x, box.y0, x, below, this.#ink("accent"), { alpha: 0.7 })
    const above = bar ? Math.max(this.#y(bar.high) + gap, box.y0) : box.y1
    if (above < box.y1) this.lines.add(x, above, x, box.y1, this.#ink("accent"), { alpha: 0.7 })
  }

  /** Bid and ask with the spread between them; a small chart has the bid alone. */
  quote({ bid, ask }: Quote): void {
    const { box, small } = this.#scale
    const quiet = this.#ink("quiet")
    const now = Math.min(Math.max(this.#x, box.x0), box.x1)
    const [low, high] = [this.#y(bid), this.#y(ask)]
    const dotted = { dash: "dotted", alpha: 0.8 } as const
    if (inFrame(low, box)) this.lines.add(box.x0, low, box.x1, low, quiet, dotted)
    this.#tags.push({ price: bid, ink: this.#ink("surface"), fill: this.#ink("ink"), edge: null, bold: !small })
    if (small) return
    if (inFrame(high, box)) this.lines.add(now, high, box.x1, high, quiet, dotted)
    if (inFrame(high, box) && inFrame(low, box)) this.areas.add(now, box.x1, low, high, quiet, { cover: 0.14 })
    const edge = this.#ink("candle")
    this.#tags.push({ price: ask, ink: this.#ink("ink"), fill: this.#ink("surface"), edge, bold: false })
  }

  /** Orders and positions: a line from where it was placed, a label at the right edge; none lies upon another. */
  levels(levels: Level[]): void {
    const { box, edge, width, height } = this.#scale
    const ys = levels.map((level) => this.#y(level.price))
    const places = labelPlaces(ys, height, box)
    const room = ((box.x1 - edge) / (box.x1 - box.x0)) * width
    const brief = levels.some((level) => level.text.length * CHARACTER + 2 * GAP > room)
    levels.forEach((level, i) => {
      const y = ys[i] ?? Number.NaN
      this.#level(level, y, places[i] ?? y, brief)
    })
  }

  #level(level: Level, y: number, place: number, brief: boolean): void {
    const { box, time } = this.#scale
    const held = level.profit !== null
    const colour = this.#ink(roleOf(level))
    const surface = this.#ink("surface")
    const from = Math.max(time.x(level.ts), box.x0)
    const seen = inFrame(y, box)
    const look = held ? ({ dash: "solid", width: 1.5 } as const) : ({ dash: "dashed", width: 1.2 } as const)
    if (seen && from < box.x1) this.lines.add(from, y, box.x1, y, colour, look)
    // One that lies outside waits at the edge it lies beyond.
    const arrow = y > box.y1 ? "↑ " : y < box.y0 ? "↓ " : ""
    const text = arrow + (brief && seen ? level.brief : level.text)
    const fill = held ? { fill: colour } : { fill: surface, cover: 0.94 }
    const style = { dx: -GAP, anchor: "center_right", edge: colour, ...fill } as const
    this.texts.add(box.x1, place, text, held ? surface : this.#ink("ink"), style)
    if (brief && seen) this.#tags.push({ price: level.price, ink: colour, fill: surface, edge: colour, bold: false })
  }

  /** What is drawn, the bar at the cursor in figures, the indicators with what they are now. */
  legend(frame: Frame, timeframe: string, bar: FormingBar | null, shown: Shown[]): void {
    const { box, about, palette, small } = this.#scale
    const style = { fill: this.#ink("surface"), cover: 0.72, anchor: "top_left", dx: 4 } as const
    const name = `${about.name}  ${timeframe}`
    // Over the corner of a small chart lies the player's button with its name.
    if (!small) this.texts.add(box.x0, box.y1, name, this.#ink("ink"), { ...style, dy: 4, bold: true })
    if (!small && bar) {
      const figures = [`O ${this.#price(bar.open)}`, `H ${this.#price(bar.high)}`]
      figures.push(`L ${this.#price(bar.low)}`, `C ${this.#price(bar.close)}`)
      const dx = 20 + 7.5 * name.length
      this.texts.add(box.x0, box.y1, figures.join("   "), this.#ink("quiet"), { ...style, dx, dy: 4 })
    }
    valueTexts(frame, shown, (row) => ({ ...style, dy: 4 + LABEL * (row + 1) }), box, this.texts, palette)
  }

  /** Why there is nothing to see, in the middle. */
  note(text: string): void {
    const { x0, x1, y0, y1 } = this.#scale.box
    this.texts.add((x0 + x1) / 2, (y0 + y1) / 2, text, this.#ink("quiet"), {
      anchor: "center",
      fill: this.#ink("surface"),
    })
  }

  /** The prices beside the axis, when all are known. */
  tags(): void {
    const { box, height } = this.#scale
    const ys = this.#tags.map((tag) => this.#y(tag.price))
    const places = labelPlaces(ys, height, box)
    this.#tags.forEach(({ price, ink, ...style }, i) => {
      this.texts.add(box.x1, places[i] ?? 0, this.#price(price), ink, { dx: 4, ...style })
    })
  }

  #y(points: Points): number {
    return points / this.#perUnit
  }

  #price(points: Points): string {
    return priceText(points, this.#scale.about)
  }

  #ink(role: string): string {
    return this.#scale.palette[role] ?? ""
  }
}

function roleOf({ kind, profit }: Level): string {
  if (profit !== null) return profit < 0 ? "bad" : "good"
  return kind === "stop" ? "bad" : kind === "target" ? "good" : "ink"
}
