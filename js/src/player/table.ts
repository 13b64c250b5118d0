/** A short table that follows the cursor: its rows are kept and filled anew, so that nothing flickers. */

import { make, on, put, write } from "./dom"

export interface Cell {
  text: string
  tone?: "good" | "bad" | "quiet" | undefined
  title?: string | undefined
}

export interface Line {
  cells: readonly Cell[]
  /** A second line below, over the whole width. */
  below?: string
  choose?: (() => void) | undefined
}

export class Table {
  readonly element: HTMLElement
  #columns: number
  #rows: { line: HTMLElement; cells: HTMLElement[]; below: HTMLElement; choose: (() => void) | undefined }[] = []
  #empty: HTMLElement

  /** The first column is text, the others are numbers. */
  constructor(label: string, heads: readonly string[], empty: string) {
    this.#columns = heads.length
    this.element = make("div", { class: "btl-p-table", role: "table", "aria-label": label })
    this.element.style.setProperty("--columns", String(heads.length - 1))
    if (heads.some((head) => head !== "")) {
      const row = make("div", { class: "btl-p-line btl-p-heads", role: "row" })
      for (const head of heads) row.append(make("span", { role: "columnheader" }, head))
      this.element.append(row)
    }
    this.#empty = make("div", { class: "btl-p-empty" }, empty)
    this.element.append(this.#empty)
  }

  fill(lines: readonly Line[]): void {
    while (this.#rows.length < lines.length) this.#add()
    this.#empty.hidden = lines.length > 0
    this.#rows.forEach((row, i) => {
      const line = lines[i]
      if (row.line.hidden === (line !== undefined)) row.line.hidden = line === undefined
      if (line === undefined) return
      row.choose = line.choose
      put(row.line, "tabindex", line.choose ? 0 : null)
      put(row.line, "data-choose", line.choose !== undefined)
      row.cells.forEach((cell, k) => {
        const { text = "", tone, title } = line.cells[k] ?? {}
        write(cell, text)
        put(cell, "data-tone", tone ?? null)
        put(cell, "title", title ?? null)
      })
      write(row.below, line.below ?? "")
    })
  }

  #add(): void {
    const cells = Array.from({ length: this.#columns }, () => make("span", { role: "cell" }))
    const below = make("span", { class: "btl-p-below", role: "cell" })
    const line = make("div", { class: "btl-p-line", role: "row" }, ...cells, below)
    const row = { line, cells, below, choose: undefined as (() => void) | undefined }
    // They live and go with the row.
    on(line, "click", () => row.choose?.())
    on(line, "keydown", (event) => {
      if (event.key !== "Enter" || !row.choose) return
      event.preventDefault()
      event.stopPropagation()
      row.choose()
    })
    this.#rows.push(row)
    this.element.append(line)
  }
}
