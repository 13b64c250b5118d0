/** Which rows of a long list are in the page: as many as are seen, however many there are. */

export type Pixel = number & { readonly unit?: "CSS pixels" }

/** Browsers cannot make an element higher than some 30 million pixels. */
export const HIGHEST: Pixel = 8_000_000

export interface ListShape {
  count: number
  row: Pixel // height of one
  room: Pixel // height that is seen
}

/** Height of what is scrolled. */
export function heightOf({ count, row }: ListShape): Pixel {
  return Math.min(count * row, HIGHEST)
}

/** The row at the upper edge, with its fraction, when scrolled so far. */
export function topRow(shape: ListShape, scrolled: Pixel): number {
  const last = Math.max(shape.count - shape.room / shape.row, 0)
  const way = heightOf(shape) - shape.room
  if (way <= 0) return 0
  return Math.min(Math.max((scrolled / way) * last, 0), last)
}

/** How far to scroll so that `top` is the row at the upper edge. */
export function scrollTo(shape: ListShape, top: number): Pixel {
  const last = Math.max(shape.count - shape.room / shape.row, 0)
  const way = heightOf(shape) - shape.room
  return last > 0 && way > 0 ? (Math.min(Math.max(top, 0), last) / last) * way : 0
}

/** Where the list must stand so that a row is seen with `margin` rows around it; null: it is already. */
export function topFor(shape: ListShape, top: number, row: number, margin: number): number | null {
  const seen = shape.room / shape.row
  const space = Math.min(margin, Math.max((seen - 1) / 2, 0))
  if (row - space >= top && row + 1 + space <= top + seen) return null
  const middle = row + 0.5 - seen / 2
  // A neighbour is reached by shifting, what is far away by putting it into the middle.
  if (row - space < top && top - row < seen) return Math.max(row - space, 0)
  if (row + 1 + space > top + seen && row - top < 2 * seen) return Math.min(row + 1 + space - seen, shape.count - seen)
  return Math.min(Math.max(middle, 0), Math.max(shape.count - seen, 0))
}

/** Row of the last value that is < `limit`, in ascending values; -1 when there is none. */
export function lastBelow(values: ArrayLike<number>, limit: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) < limit) low = middle + 1
    else high = middle
  }
  return low - 1
}
