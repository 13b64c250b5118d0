/** Columns of the sources that follow the cursor (backtestr_lab/replay/panes.py), filled row by row. */

import type { Column, Columns } from "./plot"

export type Anchor = "center_left" | "center_right" | "top_left" | "top_right" | "top_center" | "center" | "bottom_left"

class Rows {
  readonly columns: Record<string, (number | string | null)[]> = {}

  constructor(names: string) {
    for (const name of names.split(" ")) this.columns[name] = []
  }

  protected push(row: Record<string, number | string | null>): void {
    for (const name in row) this.columns[name]?.push(row[name] as number | string | null)
  }

  get count(): number {
    return Object.values(this.columns)[0]?.length ?? 0
  }

  get data(): Columns {
    return this.columns as Record<string, Column>
  }
}

export type LineStyle = { width?: number; alpha?: number; dash?: "solid" | "dashed" | "dotted" }

export class Lines extends Rows {
  constructor() {
    super("x0 y0 x1 y1 ink width alpha dash")
  }

  add(x0: number, y0: number, x1: number, y1: number, ink: string, style: LineStyle = {}): void {
    const { width = 1, alpha = 1, dash = "solid" } = style
    this.push({ x0, y0, x1, y1, ink, width, alpha, dash })
  }
}

export type AreaStyle = { cover?: number; edge?: string | null }

export class Areas extends Rows {
  constructor() {
    super("left right top bottom fill cover edge")
  }

  add(left: number, right: number, bottom: number, top: number, fill: string, style: AreaStyle = {}): void {
    const { cover = 1, edge = null } = style
    this.push({ left, right, top, bottom, fill, cover, edge })
  }
}

export class Marks extends Rows {
  constructor() {
    super("x y marker size fill edge")
  }

  add(x: number, y: number, marker: string, size: number, fill: string | null, edge: string | null): void {
    this.push({ x, y, marker, size, fill, edge })
  }
}

export type TextStyle = {
  dx?: number
  dy?: number
  anchor?: Anchor
  fill?: string | null
  cover?: number
  edge?: string | null
  bold?: boolean
}

export class Texts extends Rows {
  constructor() {
    super("x y dx dy text anchor ink fill cover edge style")
  }

  add(x: number, y: number, text: string, ink: string, style: TextStyle = {}): void {
    const { dx = 0, dy = 0, anchor = "center_left", fill = null, cover = 1, edge = null, bold = false } = style
    this.push({ x, y, dx, dy, text, anchor, ink, fill, cover, edge, style: bold ? "bold" : "normal" })
  }
}
