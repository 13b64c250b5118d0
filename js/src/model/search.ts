/** Ascending columns, and where a value lies in them. */

export type Columns = Record<string, Float64Array>

const NONE = new Float64Array(0)

/** A column by name; without rows where there is none of that name. */
export function column(columns: Columns | undefined, name: string): Float64Array {
  return columns?.[name] ?? NONE
}

/** A row's value; NaN beyond the rows. */
export function cell(values: ArrayLike<number> | undefined, row: number): number {
  return values?.[row] ?? Number.NaN
}

/** How many of the first `count` values are at most `value`. */
export function countUpTo(values: ArrayLike<number>, value: number, count = values.length): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (cell(values, middle) <= value) low = middle + 1
    else high = middle
  }
  return low
}

/** How many of the first `count` values are below `value`. */
export function countBelow(values: ArrayLike<number>, value: number, count = values.length): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (cell(values, middle) < value) low = middle + 1
    else high = middle
  }
  return low
}
