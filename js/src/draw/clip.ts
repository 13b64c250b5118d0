/** The part of a line inside a frame: the upper canvas does not clip. */

export interface Window {
  x0: number
  x1: number
  y0: number
  y1: number
}

/** [x0, y0, x1, y1] of what lies inside, or null when nothing does (Liang and Barsky). */
export function clipped(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  { x0, x1, y0, y1 }: Window,
): [number, number, number, number] | null {
  const dx = bx - ax
  const dy = by - ay
  let from = 0
  let to = 1
  const sides: [number, number][] = [
    [-dx, ax - x0],
    [dx, x1 - ax],
    [-dy, ay - y0],
    [dy, y1 - ay],
  ]
  for (const [p, q] of sides) {
    if (p === 0) {
      if (q < 0) return null
    } else if (p < 0) from = Math.max(from, q / p)
    else to = Math.min(to, q / p)
  }
  if (from > to) return null
  return [ax + from * dx, ay + from * dy, ax + to * dx, ay + to * dy]
}

export function inside(x: number, y: number, { x0, x1, y0, y1 }: Window): boolean {
  return x >= x0 && x <= x1 && y >= y0 && y <= y1
}

/** Is a height inside? */
export function inFrame(y: number, { y0, y1 }: Window): boolean {
  return y >= y0 && y <= y1
}
