/** One Bokeh figure in its place: sources and ranges by name, and the moment at which it is painted. */

import type { DocumentJson } from "../model/figure"
import type { Meta } from "../model/meta"
import { type Exchange, recolouring } from "../model/recolour"
import type { TradingTime } from "../model/time"
import { type Bokeh, type BokehDocument, embed, type Model, remove } from "../widget/bokeh"

export type Pixel = number & { readonly unit?: "CSS pixels" }
export type Column = Float64Array | number[] | (string | null)[]
export type Columns = Record<string, Column>

/** Where a figure's frame lies in its canvas. */
export interface Box {
  left: Pixel
  top: Pixel
  width: Pixel
  height: Pixel
}

// What is used of Bokeh's own view of a figure. It is no public interface: where one of these is missing, Bokeh paints
// when it wants to, which is a frame later.
interface FigureView {
  ready: Promise<void>
  frame: { bbox: Box }
  canvas_view: { el: HTMLElement }
  is_displayed: boolean
  throttled_paint?: () => Promise<void>
  repaint?: () => void
  paint?: () => void
  after_resize?: () => void
  repainted?: { connect(slot: () => void): void }
}

export class Plot {
  readonly element: HTMLElement
  /** Called when the frame has got another size. */
  onResize: () => void = () => {}
  paints = 0
  #bokeh: Bokeh
  #document: BokehDocument
  #view: FigureView
  #models = new Map<string, Model>()
  #dirty: "no" | "paint" | "layout" = "no"
  #feeding = false
  #pending: Promise<void> | null = null
  #request = 0
  #size = ""
  #closed = false

  static async create(bokeh: Bokeh, json: DocumentJson, element: HTMLElement): Promise<Plot> {
    const drawing = await embed(bokeh, json, element)
    const view = bokeh.index[json.roots[0]?.id ?? ""] as unknown as FigureView
    return new Plot(bokeh, drawing, view, element)
  }

  private constructor(bokeh: Bokeh, drawing: BokehDocument, view: FigureView, element: HTMLElement) {
    this.#bokeh = bokeh
    this.#document = drawing
    this.#view = view
    this.element = element
    view.repainted?.connect(() => {
      this.paints++
      this.#measure()
    })
    // Bokeh's throttle waits for the next animation frame, but `show` is called inside one already. So requests are
    // noted, and the figure is painted once, when its data is in.
    if (view.repaint && view.throttled_paint) {
      view.throttled_paint = () => {
        if (!this.#feeding && !this.#pending) this.#soon()
        return Promise.resolve()
      }
    }
  }

  /** Is it on the page? Where it is not, the next picture after it comes back calls `onResize`. */
  get displayed(): boolean {
    if (!this.#view.is_displayed) this.#size = ""
    return this.#view.is_displayed
  }

  model(name: string): Model {
    const known = this.#models.get(name)
    if (known) return known
    const model = this.#document.get_model_by_name(name)
    if (!model) throw new Error(`the figure has no ${name}`)
    this.#models.set(name, model)
    return model
  }

  /** Columns of a source as they are; none when the figure has no such source. */
  columns(source: string): string[] {
    const model = this.#document.get_model_by_name(source)
    return Object.keys((model?.properties.data?.get_value() ?? {}) as Columns)
  }

  /** New columns of a source. Equal ones change nothing, and nothing is painted for them. */
  feed(source: string, columns: Columns): void {
    this.#change(this.model(source), { data: columns }, "paint")
  }

  /** Marks where closed hours are cut out of the time axis. */
  cuts({ axis }: Meta, time: TradingTime): void {
    this.feed("cuts", { x: Float64Array.from(axis.starts, (ts) => time.x(ts)) })
  }

  range(name: string, start: number, end: number): void {
    this.#change(this.model(name), { start, end }, "paint")
  }

  set(name: string, values: Record<string, unknown>): void {
    this.#change(this.model(name), values, "layout")
  }

  #change(model: Model, values: Record<string, unknown>, what: "paint" | "layout"): void {
    let changed = false
    const note = () => {
      changed = true
    }
    const properties = Object.keys(values).map((name) => model.properties[name])
    for (const property of properties) property?.change.connect(note)
    this.#feeding = true
    try {
      model.setv(values)
    } finally {
      this.#feeding = false
      for (const property of properties) property?.change.disconnect(note)
    }
    if (changed && this.#dirty !== "layout") this.#dirty = what
    if (changed) this.#pending ??= this.#flush()
  }

  /** Bokeh takes columns over in micro-tasks: none of them may be missing when it paints. */
  async #flush(): Promise<void> {
    try {
      await Promise.resolve()
      await this.#view.ready
    } catch (error) {
      console.warn("backtestr_lab:", error)
    }
    this.#pending = null
    this.#paint()
  }

  /** For what Bokeh itself wants painted: a glyph somebody added, a font that arrived. */
  #soon(): void {
    if (this.#closed) return
    this.#dirty = "layout"
    this.#request ||= requestAnimationFrame(() => this.#paint())
  }

  #paint(): void {
    cancelAnimationFrame(this.#request)
    this.#request = 0
    const what = this.#dirty
    this.#dirty = "no"
    if (what === "no" || this.#closed || !this.#view.is_displayed) return
    // `repaint` measures the axes' labels first and lays the figure out anew; panes.py leaves them room enough.
    if (what === "paint") this.#view.paint?.()
    else this.#view.repaint?.()
  }

  #measure(): void {
    const { width, height } = this.#view.frame.bbox
    const size = `${width} ${height}`
    if (size === this.#size) return
    this.#size = size
    this.onResize()
  }

  /** Until everything fed so far is painted. */
  async settled(): Promise<void> {
    while (this.#pending || this.#request) {
      if (this.#pending) await this.#pending
      else await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  }

  get frame(): Box {
    return this.#view.frame.bbox
  }

  /** A place on the page as shares of the frame, from its left and from its bottom; beyond [0, 1] outside of it. */
  share(clientX: Pixel, clientY: Pixel): { x: number; y: number } {
    const canvas = this.#view.canvas_view.el.getBoundingClientRect()
    const { left, top, width, height } = this.frame
    return {
      x: (clientX - canvas.left - left) / width,
      y: 1 - (clientY - canvas.top - top) / height,
    }
  }

  recolour(map: Exchange): void {
    for (const model of this.#document.all_models) {
      const changes = recolouring(model, map)
      if (Object.keys(changes).length > 0) this.#change(model, changes, "paint")
    }
  }

  resize(): void {
    this.#view.after_resize?.()
  }

  close(): void {
    this.#closed = true
    cancelAnimationFrame(this.#request)
    remove(this.#bokeh, this.#document)
  }
}
