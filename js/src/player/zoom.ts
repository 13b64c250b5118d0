/** How many bars are seen, and which stretch of the timeline: pure arithmetic of the wheel. */

import type { Micros } from "../model/meta"

export const FEWEST = 12
export const MOST = 800
export const USUAL_BARS = 110
export const USUAL_SMALL = 46

export const NOTCH = 100 // CSS pixels that one notch of a wheel scrolls

/** A factor for the number of bars; a touchpad's many small deltas come to the same as one notch. */
export function wheelFactor(delta: number): number {
  return 1.18 ** (Math.max(-3 * NOTCH, Math.min(delta, 3 * NOTCH)) / NOTCH)
}

export function zoomed(bars: number, factor: number): number {
  const next = Math.round(bars * factor)
  // At few bars a small factor would round to nothing.
  const moved = next === bars ? bars + Math.sign(factor - 1) : next
  return Math.min(Math.max(moved, FEWEST), MOST)
}

/** The cursor's share of the width when what is under the pointer (at `share`) is to stay there. */
export function anchorAt(anchor: number, share: number, before: number, after: number): number {
  return share - ((share - anchor) * before) / after
}

/** A stretch of the timeline made narrower around an instant; null is all of [start, end]. */
export function stretched(
  seen: [Micros, Micros],
  at: Micros,
  factor: number,
  [start, end]: [Micros, Micros],
  least: Micros,
): [Micros, Micros] | null {
  const width = Math.max((seen[1] - seen[0]) * factor, Math.min(least, end - start))
  if (width >= end - start) return null
  const share = (at - seen[0]) / (seen[1] - seen[0])
  const from = Math.min(Math.max(at - share * width, start), end - width)
  return [Math.round(from), Math.round(from + width)]
}
