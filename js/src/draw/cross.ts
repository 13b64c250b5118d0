/** The crosshair of one chart: its lines, and what they point at beside the axes. */

import { clock } from "../model/format"
import type { Micros } from "../model/meta"
import type { Palette } from "../model/recolour"
import type { Window } from "./clip"
import { Lines, Texts } from "./rows"

export function crossRows(
  box: Window,
  x: number | null,
  ts: Micros | null,
  y: number | null,
  text: string,
  withTime: boolean,
  palette: Palette,
): { lines: Lines; texts: Texts } {
  const lines = new Lines()
  const texts = new Texts()
  const ink = palette.quiet ?? "#808080"
  const tag = { fill: ink, cover: 1 }
  const paper = palette.surface ?? "#ffffff"
  if (x !== null && x >= box.x0 && x <= box.x1) {
    lines.add(x, box.y0, x, box.y1, ink, { dash: "dashed", alpha: 0.7 })
    if (withTime && ts !== null) {
      const share = (x - box.x0) / (box.x1 - box.x0)
      const anchor = share < 0.12 ? "top_left" : share > 0.9 ? "top_right" : "top_center"
      texts.add(x, box.y0, clock(ts).slice(0, 19), paper, { ...tag, dy: 4, anchor })
    }
  }
  if (y !== null && y >= box.y0 && y <= box.y1) {
    lines.add(box.x0, y, box.x1, y, ink, { dash: "dashed", alpha: 0.7 })
    texts.add(box.x1, y, text, paper, { ...tag, dx: 4 })
  }
  return { lines, texts }
}
