/** A long list: only the rows that are seen are in the page, whatever its length; they are filled anew, never rebuilt. */

import { make, on, put } from "./dom"
import { heightOf, type ListShape, scrollTo, topFor, topRow } from "./virtual"

export const ROW = 22 // CSS pixels; css/lists.css says the same
const SPARE = 2 // rows beyond the edges
const HANDS_OFF = 4000 // ms that the list stays where the user scrolled it

export interface ListOptions {
  label: string
  /** Makes the inside of a row; called as often as rows are seen. */
  make(row: HTMLElement): void
  /** Puts item `index` into a row. */
  fill(row: HTMLElement, index: number): void
  /** A row was chosen with the mouse or the keyboard. */
  choose(index: number): void
}

export class LongList {
  readonly element: HTMLElement
  #options: ListOptions
  #space = make("div", { class: "btl-p-space" })
  #rows: HTMLElement[] = []
  #shown: number[] = [] // item in each row, -1 for none
  #count = 0
  #current = -1
  #room = 0
  #touched = Number.NEGATIVE_INFINITY
  #ends: (() => void)[] = []

  constructor(options: ListOptions) {
    this.#options = options
    this.element = make("div", {
      class: "btl-p-list",
      role: "listbox",
      tabindex: 0,
      "aria-label": options.label,
    })
    this.element.append(this.#space)
    const observer = new ResizeObserver(() => this.#resize())
    observer.observe(this.element)
    const touched = () => {
      this.#touched = performance.now()
    }
    this.#ends.push(
      () => observer.disconnect(),
      on(this.element, "scroll", () => this.#draw()),
      on(this.element, "wheel", touched, { passive: true }),
      on(this.element, "pointerdown", touched),
      on(this.element, "click", (event) => this.#click(event)),
      on(this.element, "keydown", (event) => this.#key(event)),
    )
  }

  /** Another number of items, or another meaning of them. */
  reset(count: number): void {
    this.#count = count
    this.#space.style.height = `${heightOf(this.#shape)}px`
    this.#shown.fill(-1)
    this.#draw()
  }

  /** The items' looks changed. */
  refresh(): void {
    this.#shown.fill(-1)
    this.#draw()
  }

  /** The item at which the cursor is; it is kept in sight, unless the user has just scrolled. */
  follow(index: number): void {
    if (index === this.#current) return
    const before = this.#current
    this.#current = index
    if (performance.now() - this.#touched > HANDS_OFF) this.reveal(index)
    this.#forget(before)
    this.#forget(index)
    this.#draw()
  }

  reveal(index: number): void {
    const shape = this.#shape
    if (index < 0 || shape.room === 0) return
    const top = topFor(shape, topRow(shape, this.element.scrollTop), index, 2)
    if (top !== null) this.element.scrollTop = scrollTo(shape, top)
  }

  get current(): number {
    return this.#current
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  get #shape(): ListShape {
    return { count: this.#count, row: ROW, room: this.#room }
  }

  #resize(): void {
    this.#room = this.element.clientHeight
    const wanted = this.#room === 0 ? 0 : Math.ceil(this.#room / ROW) + 2 * SPARE
    while (this.#rows.length < wanted) {
      const row = make("div", { class: "btl-p-row", role: "option", id: `btl-p-${++made}` })
      this.#options.make(row)
      this.#rows.push(row)
      this.#shown.push(-1)
      this.#space.append(row)
    }
    this.#draw()
    this.reveal(this.#current)
  }

  #draw(): void {
    const shape = this.#shape
    if (shape.room === 0) return
    const scrolled = this.element.scrollTop
    const top = topRow(shape, scrolled)
    const first = Math.max(Math.floor(top) - SPARE, 0)
    const n = this.#rows.length
    let active: string | null = null
    for (let index = first; index < first + n; index++) {
      // Item i is always in row i modulo n: when the list moves by one, one row is filled.
      const slot = index % n
      const row = this.#rows[slot] as HTMLElement
      const there = index < this.#count
      if (row.hidden === there) row.hidden = !there
      if (!there) {
        this.#shown[slot] = -1
        continue
      }
      const at = scrolled + (index - top) * ROW
      const move = `translateY(${at}px)`
      if (row.style.transform !== move) row.style.transform = move
      if (index === this.#current) active = row.id
      if (this.#shown[slot] === index) continue
      this.#shown[slot] = index
      put(row, "aria-posinset", index + 1)
      put(row, "aria-setsize", this.#count)
      put(row, "aria-selected", index === this.#current ? "true" : "false")
      this.#options.fill(row, index)
    }
    put(this.element, "aria-activedescendant", active)
  }

  #forget(index: number): void {
    const n = this.#rows.length
    if (index >= 0 && n > 0 && this.#shown[index % n] === index) this.#shown[index % n] = -1
  }

  #click(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>(".btl-p-row")
    const slot = row ? this.#rows.indexOf(row) : -1
    const index = this.#shown[slot] ?? -1
    if (index >= 0) this.#options.choose(index)
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const page = Math.max(Math.floor(this.#room / ROW) - 1, 1)
    const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Enter: 0 }[event.key]
    if (by === undefined || this.#count === 0) return
    event.preventDefault()
    event.stopPropagation()
    this.#touched = Number.NEGATIVE_INFINITY
    const index = Math.min(Math.max(this.#current + by, 0), this.#count - 1)
    this.#options.choose(index)
  }
}

let made = 0
