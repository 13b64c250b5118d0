/** How much of the price is seen: steady while the cursor moves. */

export interface Limits {
  low: number
  high: number
}

const MARGIN = 0.12 // share of the height left free above and below
const EMPTIEST = 0.45 // share of the height that must be used, else the picture comes nearer

/**
 * Limits that show [low, high]: the ones before if they still do and are not too wide, so that the picture stands
 * still, else new ones with a margin.
 */
export function steady(before: Limits | null, low: number, high: number, least: number): Limits {
  if (!(high >= low)) return before ?? { low: 0, high: 1 }
  const spread = Math.max(high - low, least)
  if (before) {
    const height = before.high - before.low
    const edge = 0.02 * height
    if (low >= before.low + edge && high <= before.high - edge && spread >= EMPTIEST * height) return before
  }
  const middle = (low + high) / 2
  const half = spread * (0.5 + MARGIN)
  return { low: middle - half, high: middle + half }
}
