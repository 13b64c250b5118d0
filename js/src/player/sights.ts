/** What the charts show besides the cursor: symbol, timeframe, zoom. It stays while the cursor moves. */

import type { View } from "../draw/charts"
import type { Meta, Micros } from "../model/meta"
import { anchorAt, stretched, USUAL_BARS, USUAL_SMALL, zoomed } from "./zoom"

const ANCHOR = { hidden: 0.8, ghost: 0.62 } // shares of the width before the cursor; a ghost needs room
const LEAST_TIMELINE = 60_000_000 // µs that a timeline shows at least

export class Sights {
  symbol = 0
  future: "hidden" | "ghost" = "hidden"
  timeline: [Micros, Micros] | null = null
  focus: string
  #meta: Meta
  #anchor: number = ANCHOR.hidden
  #large: Record<string, number> = {}
  #small: Record<string, number> = {}

  constructor(meta: Meta) {
    this.#meta = meta
    this.focus = firstFocus(meta)
  }

  view(range: [Micros, Micros] | null): View {
    const { symbol, focus, future, timeline } = this
    const bars: Record<string, number> = {}
    for (const name of this.#meta.shown) bars[name] = this.#small[name] ?? USUAL_SMALL
    bars[focus] = this.#large[focus] ?? USUAL_BARS
    return { symbol, focus, bars, anchor: this.#anchor, future, range, timeline }
  }

  /** False when there is no such timeframe, or it is shown already. */
  choose(timeframe: string | undefined): boolean {
    if (timeframe === undefined || timeframe === this.focus || !this.#meta.shown.includes(timeframe)) return false
    this.focus = timeframe
    this.recentre()
    return true
  }

  /** The timeframe that is `by` places longer. */
  neighbour(by: number): string | undefined {
    return this.#meta.shown[this.#meta.shown.indexOf(this.focus) + by]
  }

  turnFuture(): void {
    const usual = this.#anchor === ANCHOR[this.future]
    this.future = this.future === "ghost" ? "hidden" : "ghost"
    if (usual) this.#anchor = ANCHOR[this.future]
  }

  pan(share: number): void {
    this.#anchor += share
  }

  /** The cursor moved: it is to be seen. */
  follow(): void {
    if (this.#anchor < 0.02 || this.#anchor > 0.98) this.recentre()
  }

  recentre(): void {
    this.#anchor = ANCHOR[this.future]
  }

  /** Of the large chart (null), or of a small one. While the cursor is in sight it keeps its place. */
  zoom(timeframe: string | null, factor: number, share: number): void {
    if (timeframe !== null && timeframe !== this.focus) {
      this.#small[timeframe] = zoomed(this.#small[timeframe] ?? USUAL_SMALL, factor)
      return
    }
    const before = this.#large[this.focus] ?? USUAL_BARS
    const after = zoomed(before, factor)
    this.#large[this.focus] = after
    if (this.#anchor < 0 || this.#anchor > 1) this.#anchor = anchorAt(this.#anchor, share, before, after)
  }

  zoomTimeline(factor: number, at: Micros): void {
    const all: [Micros, Micros] = [this.#meta.start, this.#meta.end]
    this.timeline = stretched(this.timeline ?? all, at, factor, all, LEAST_TIMELINE)
  }
}

/** The timeframe that most indicators are of, else the second. */
function firstFocus({ shown, indicators, base }: Meta): string {
  const count = (name: string) => indicators.filter(({ timeframe }) => timeframe === name).length
  const best = [...shown].sort((a, b) => count(b) - count(a))[0]
  if (best !== undefined && count(best) > 0) return best
  return shown[1] ?? shown[0] ?? base
}
