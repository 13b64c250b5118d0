/** The player's charts: figures of panes.py in the places the player gives, fed with what a frame says. */

import { type DocumentJson, parseFigure } from "../model/figure"
import type { Frame } from "../model/frame"
import type { Micros, Points } from "../model/meta"
import { exchange, type Palette, recoloured } from "../model/recolour"
import type { Replay } from "../model/replay"
import { TradingTime } from "../model/time"
import type { Bokeh } from "../widget/bokeh"
import type { Mode } from "../widget/theme"
import { OwnPane } from "./own"
import { Plot } from "./plot"
import { PricePane } from "./price"
import { TimelinePane } from "./timeline"

export interface View {
  symbol: number
  /** Timeframe of the large chart. */
  focus: string
  /** How many bars of each timeframe are seen. */
  bars: Record<string, number>
  /** Share of the large chart's width where the cursor stands. */
  anchor: number
  future: "hidden" | "ghost"
  /** Stretch brushed on the timeline. */
  range: [Micros, Micros] | null
  /** What the timeline shows; null: all. */
  timeline: [Micros, Micros] | null
}

export interface Places {
  focus: HTMLElement
  own: HTMLElement
  small: Record<string, HTMLElement>
  timeline: HTMLElement
}

export interface Charts {
  /** Feeds the figures; "focus" leaves out the small ones. Call it at most once per animation frame. */
  show(frame: Frame, view: View, what: "focus" | "all"): void
  /** Blocks that would have made the last picture better. */
  readonly missing: string[]
  /** Until all painting that show() caused is done. */
  settled(): Promise<void>
  instantAt(element: HTMLElement, clientX: number): Micros | null
  priceAt(element: HTMLElement, clientY: number): Points | null
  crosshair(ts: Micros | null, price?: Points | null): void
  recolour(mode: Mode): void
  resize(): void
  /** Figures painted so far. */
  readonly paints: number
  close(): void
}

const BARS = 80 // where the view does not say how many
const SMALL_ANCHOR = 0.88

/** Draws all figures; ready when Bokeh has built them. */
export async function createCharts(
  bokeh: Bokeh,
  panes: string,
  columns: DataView,
  replay: Replay,
  places: Places,
  mode: Mode,
): Promise<Charts> {
  const { light, dark } = replay.meta.palette
  const map = exchange([light, dark], mode === "dark" ? dark : light)
  const figures = JSON.parse(panes) as Record<string, DocumentJson>
  const draw = (name: string, place: HTMLElement) => {
    const text = recoloured(JSON.stringify(figures[name]), map)
    return Plot.create(bokeh, parseFigure(text, columns), place)
  }
  const time = TradingTime.of(replay.meta)
  const small = Object.entries(places.small).filter(([timeframe]) => figures[`small:${timeframe}`])
  const own = Object.keys(figures).filter((name) => name.startsWith("own:"))
  const [focus, timeline, smallPlots, ownPlots] = await Promise.all([
    draw("focus", places.focus),
    draw("timeline", places.timeline),
    Promise.all(small.map(([timeframe, place]) => draw(`small:${timeframe}`, place))),
    Promise.all(own.map((name) => draw(name, ownPlace(places.own)))),
  ])
  return new Drawn(replay, places, time, {
    focus: new PricePane(focus, replay, time, false),
    timeline: new TimelinePane(timeline, replay, time),
    small: new Map(small.map(([name], i) => [name, new PricePane(smallPlots[i] as Plot, replay, time, true)])),
    own: own.map((name, i) => new OwnPane(ownPlots[i] as Plot, name.slice("own:".length), replay, time)),
    palette: mode === "dark" ? dark : light,
  })
}

function ownPlace(place: HTMLElement): HTMLElement {
  const child = document.createElement("div")
  child.className = "btl-own"
  child.style.cssText = "flex: 1 1 0; min-height: 0; min-width: 0; display: none"
  place.append(child)
  return child
}

interface Parts {
  focus: PricePane
  timeline: TimelinePane
  small: Map<string, PricePane>
  own: OwnPane[]
  palette: Palette
}

class Drawn implements Charts {
  #replay: Replay
  #places: Places
  #time: TradingTime
  #parts: Parts
  #last: { frame: Frame; view: View } | null = null
  #again = 0
  #cross: [Micros | null, Points | null] = [null, null]

  constructor(replay: Replay, places: Places, time: TradingTime, parts: Parts) {
    this.#replay = replay
    this.#places = places
    this.#time = time
    this.#parts = parts
    // Labels are set apart in pixels, so another size is another place for them.
    for (const plot of this.#plots()) plot.onResize = () => this.#showAgain()
  }

  show(frame: Frame, view: View, what: "focus" | "all"): void {
    const { focus, timeline, palette } = this.#parts
    this.#last = { frame, view }
    const scene = { symbol: view.symbol, future: view.future }
    const bars = (timeframe: string) => view.bars[timeframe] ?? BARS
    focus.show(frame, { ...scene, timeframe: view.focus, bars: bars(view.focus), anchor: view.anchor }, palette)
    this.#showOwn(frame, view)
    timeline.show(frame, view.timeline, view.range, palette)
    if (what === "all") {
      for (const [timeframe, pane] of this.#parts.small) {
        if (!pane.plot.displayed) continue
        pane.show(frame, { ...scene, timeframe, bars: bars(timeframe), anchor: SMALL_ANCHOR }, palette)
      }
    }
    // Its lines end at the frame, which may have moved.
    this.crosshair(...this.#cross)
  }

  #showOwn(frame: Frame, view: View): void {
    const { focus, own, palette } = this.#parts
    let count = 0
    for (const pane of own) {
      const shown = pane.of(view.symbol, view.focus).length > 0
      pane.plot.element.style.display = shown ? "" : "none"
      if (!shown) continue
      count++
      if (focus.span) pane.show(frame, view.symbol, view.focus, focus.span, palette)
    }
    this.#places.own.hidden = count === 0
    this.#places.own.style.setProperty("--own-panes", String(count))
  }

  get missing(): string[] {
    const { focus, small, own } = this.#parts
    const panes = [focus, ...small.values(), ...own].filter((pane) => pane.plot.displayed)
    return [...new Set(panes.flatMap((pane) => pane.missing))]
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#plots()].map((plot) => plot.settled()))
  }

  instantAt(element: HTMLElement, clientX: number): Micros | null {
    const { focus, timeline } = this.#parts
    const pane = this.#at(element)
    if (!pane) return null
    const share = pane.plot.share(clientX, 0).x
    const x = pane instanceof OwnPane ? focus.span : pane instanceof PricePane ? pane.span : timeline.range
    if (!x || share < 0 || share > 1) return null
    const [start, end] = Array.isArray(x) ? x : [x.x0, x.x1]
    return this.#time.instant((start + share * (end - start)) as typeof start)
  }

  priceAt(element: HTMLElement, clientY: number): Points | null {
    const pane = this.#at(element)
    if (!(pane instanceof PricePane)) return null
    const share = pane.plot.share(0, clientY).y
    return share < 0 || share > 1 ? null : pane.priceAt(share)
  }

  #at(element: HTMLElement): PricePane | OwnPane | TimelinePane | undefined {
    const { focus, timeline, small, own } = this.#parts
    if (element === this.#places.own) return own.find((pane) => pane.plot.displayed)
    return [focus, timeline, ...small.values(), ...own].find((pane) => pane.plot.element === element)
  }

  crosshair(ts: Micros | null, price: Points | null = null): void {
    const { focus, timeline, small, own, palette } = this.#parts
    this.#cross = [ts, price]
    focus.crosshair(ts, price, palette)
    timeline.crosshair(ts, palette)
    for (const pane of small.values()) if (pane.plot.displayed) pane.crosshair(ts, price, palette)
    for (const pane of own) if (pane.plot.displayed) pane.crosshair(ts, palette)
  }

  recolour(mode: Mode): void {
    const { light, dark } = this.#replay.meta.palette
    const palette = mode === "dark" ? dark : light
    const map = exchange([light, dark], palette)
    this.#parts.palette = palette
    for (const plot of this.#plots()) plot.recolour(map)
    this.#showLast()
  }

  resize(): void {
    for (const plot of this.#plots()) plot.resize()
  }

  #showLast(): void {
    if (this.#last) this.show(this.#last.frame, this.#last.view, "all")
  }

  #showAgain(): void {
    this.#again ||= requestAnimationFrame(() => {
      this.#again = 0
      this.#showLast()
    })
  }

  *#plots(): Iterable<Plot> {
    const { focus, timeline, small, own } = this.#parts
    yield focus.plot
    yield timeline.plot
    for (const pane of small.values()) yield pane.plot
    for (const pane of own) yield pane.plot
  }

  get paints(): number {
    let sum = 0
    for (const plot of this.#plots()) sum += plot.paints
    return sum
  }

  close(): void {
    cancelAnimationFrame(this.#again)
    for (const plot of this.#plots()) plot.close()
    this.#places.own.replaceChildren()
  }
}
