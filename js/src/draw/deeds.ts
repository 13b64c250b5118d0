/** Marks and paths of `marks.ts` to rows of a price chart. */

import type { Points } from "../model/meta"
import type { Palette } from "../model/recolour"
import type { TradingTime } from "../model/time"
import { clipped, inside, type Window } from "./clip"
import type { Mark, Path } from "./marks"
import { Lines, Marks } from "./rows"

const ROOMY = 60 // marks: more are drawn smaller, and withdrawn orders, the least of them, are left out

/** `around` is the price at an instant, for an event that has none of its own. */
export function deedRows(
  marks: Mark[],
  paths: Path[],
  box: Window,
  time: TradingTime,
  scale: number,
  palette: Palette,
  around: (ts: number) => Points,
): { lines: Lines; marks: Marks } {
  const rows = { lines: new Lines(), marks: new Marks() }
  const count = marks.length + paths.length
  const share = Math.max(Math.min(Math.sqrt(ROOMY / count), 1), 0.6)
  const ink = (role: string) => palette[role] ?? ""
  const put = (ts: number, points: Points, marker: string, size: number, fill: string | null, edge: string) => {
    const x = time.x(ts)
    const y = points / scale
    if (inside(x, y, box)) rows.marks.add(x, y, marker, size * share, fill, edge)
  }
  for (const { ts, price, end, close, won } of paths) {
    const colour = ink(won ? "good" : "bad")
    const part = clipped(time.x(ts), price / scale, time.x(end), close / scale, box)
    if (part) rows.lines.add(...part, colour, { width: 1.6, alpha: 0.75 })
    // A loss's exit is hollow: the result can be read without its colour.
    put(end, close, "circle", 8, won ? colour : ink("surface"), colour)
  }
  for (const { kind, ts, price } of marks) {
    if (kind === "bought" || kind === "sold") {
      put(ts, price ?? around(ts), kind === "bought" ? "triangle" : "inverted_triangle", 11, ink("ink"), ink("surface"))
    } else if (kind === "rejected") put(ts, price ?? around(ts), "x", 10, null, ink("bad"))
    else if (count <= ROOMY) put(ts, price ?? around(ts), "dash", 9, null, ink("quiet"))
  }
  return rows
}
