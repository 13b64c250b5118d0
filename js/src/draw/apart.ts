/** Labels beside each other, none upon another. */

import type { Window } from "./clip"
import type { Pixel } from "./plot"

export const LABEL = 19 // CSS pixels from one label's middle to the next

/**
 * Middles of labels of equal height, shifted so that none overlap: as little as possible in sum of squares, in the order
 * they are wanted in, inside [0, room]. With more labels than fit they lie evenly over the room.
 */
export function apart(wanted: readonly Pixel[], height: Pixel, room: Pixel): Pixel[] {
  const n = wanted.length
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b)
  const step = Math.min(height, n > 1 ? Math.max(room - height, 0) / (n - 1) : height)
  // Less i steps, the places must not fall: the nearest such sequence pools neighbours that do.
  const pools: { sum: number; count: number }[] = []
  order.forEach((index, i) => {
    let pool = { sum: (wanted[index] ?? 0) - i * step, count: 1 }
    for (
      let before = pools.at(-1);
      before && before.sum / before.count > pool.sum / pool.count;
      before = pools.at(-1)
    ) {
      pools.pop()
      pool = { sum: before.sum + pool.sum, count: before.count + pool.count }
    }
    pools.push(pool)
  })
  const least = Math.min(height, room) / 2
  const most = Math.max(room - least - (n - 1) * step, least)
  const places = new Array<Pixel>(n)
  let i = 0
  for (const { sum, count } of pools) {
    const base = Math.min(Math.max(sum / count, least), most)
    for (let k = 0; k < count; k++, i++) places[order[i] ?? 0] = base + i * step
  }
  return places
}

/** Where the labels of values go in a frame of that height, as values. */
export function labelPlaces(values: number[], height: Pixel, { y0, y1 }: Window): number[] {
  const perPixel = (y1 - y0) / Math.max(height, 1)
  const wanted = values.map((value) => Math.min(Math.max((value - y0) / perPixel, 0), height))
  return apart(wanted, LABEL, height).map((pixel) => y0 + pixel * perPixel)
}
