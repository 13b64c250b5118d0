// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest"
import { Plot } from "../../src/draw/plot"
import { exchange } from "../../src/model/recolour"
import type { Bokeh } from "../../src/widget/bokeh"

/** As much of BokehJS as a figure needs: sources that take their columns over in micro-tasks. */
class Model {
  listeners = new Set<() => void>()
  property = {
    attr: "data",
    get_value: () => this.value,
    change: {
      connect: (slot: () => void) => this.listeners.add(slot),
      disconnect: (slot: () => void) => this.listeners.delete(slot),
    },
  }
  properties = { data: this.property }
  value: unknown = {}
  changed: () => void = () => {};
  *[Symbol.iterator]() {
    yield this.property
  }
  setv({ data }: { data: unknown }): void {
    if (JSON.stringify(data) === JSON.stringify(this.value)) return
    this.value = data
    for (const listener of this.listeners) listener()
    this.changed()
  }
}

let sources: Record<string, Model>
let painted: string[]
let view: { throttled_paint: () => Promise<void>; ready: Promise<void>; is_displayed: boolean }
let taken: number
let repainted: () => void

function bokeh(): Bokeh {
  const drawing = {
    get_model_by_name: (name: string) => sources[name] ?? null,
    all_models: Object.values(sources),
    clear: () => {},
  }
  view = {
    model: { document: drawing },
    ready: Promise.resolve(),
    frame: { bbox: { left: 0, top: 0, width: 100, height: 50 } },
    canvas_view: { el: document.createElement("div") },
    is_displayed: true,
    throttled_paint: () => Promise.resolve(),
    paint: () => {
      painted.push(`paint ${taken}`)
      repainted()
    },
    repaint: () => {
      painted.push(`repaint ${taken}`)
      repainted()
    },
    repainted: {
      connect: (slot: () => void) => {
        repainted = slot
      },
    },
  } as never
  for (const source of Object.values(sources)) {
    source.changed = () => {
      view.ready = view.ready
        .then(() => Promise.resolve())
        .then(() => {
          taken++
          void view.throttled_paint()
        })
    }
  }
  return {
    documents: [drawing],
    index: { root: view },
    embed: { embed_item: async () => {} },
  } as unknown as Bokeh
}

const json = { version: "3", roots: [{ id: "root" }] }
const create = () => Plot.create(bokeh(), json, document.createElement("div"))

beforeEach(() => {
  sources = { candles: new Model(), lines: new Model() }
  painted = []
  taken = 0
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 5))
  vi.stubGlobal("cancelAnimationFrame", clearTimeout)
})

test("however many sources are fed, a figure is painted once, when all columns are in", async () => {
  const plot = await create()
  plot.feed("candles", { x: [1] })
  plot.feed("lines", { x: [2] })
  await plot.settled()

  expect(painted).toEqual(["paint 2"])
  expect(plot.paints).toBe(1)
})

test("columns that are the same paint nothing", async () => {
  const plot = await create()
  plot.feed("lines", { x: [2] })
  await plot.settled()
  plot.feed("lines", { x: [2] })
  await plot.settled()
  await new Promise((resolve) => setTimeout(resolve, 20))

  expect(plot.paints).toBe(1)
})

test("what Bokeh itself wants painted is laid out and painted too", async () => {
  const plot = await create()
  void view.throttled_paint()
  await plot.settled()

  expect(painted).toEqual(["repaint 0"])
})

test("a figure that is not on the page is not painted", async () => {
  const plot = await create()
  view.is_displayed = false
  plot.feed("lines", { x: [2] })
  await plot.settled()

  expect(painted).toEqual([])
})

test("one that comes back says so, because it was not fed meanwhile", async () => {
  const plot = await create()
  const resized = vi.fn()
  plot.onResize = resized
  repainted()
  repainted()
  expect(resized).toHaveBeenCalledTimes(1)

  view.is_displayed = false
  expect(plot.displayed).toBe(false)
  view.is_displayed = true
  repainted()
  expect(resized).toHaveBeenCalledTimes(2)
})

test("a place on the page is a share of the frame, counted from its left and its bottom", async () => {
  const plot = await create()

  expect(plot.share(25, 50)).toEqual({ x: 0.25, y: 0 })
  expect(plot.share(150, 0)).toEqual({ x: 1.5, y: 1 })
})

test("colours of the figure are exchanged, columns are left alone", async () => {
  const pen = new Model()
  pen.property.attr = "line_color"
  pen.properties = { line_color: pen.property } as never
  pen.setv = (values: Record<string, unknown>) => {
    pen.value = values.line_color
  }
  pen.value = "#000001"
  sources.pen = pen
  const plot = await create()
  plot.feed("lines", { ink: ["#000001"] })
  plot.recolour(exchange([{ ink: "#000001" }], { ink: "#ffffff" }))
  await plot.settled()

  expect(pen.value).toBe("#ffffff")
  expect(sources.lines?.value).toEqual({ ink: ["#000001"] })
})

test("after its end a figure is neither painted nor among Bokeh's documents", async () => {
  const b = bokeh()
  const plot = await Plot.create(b, json, document.createElement("div"))
  plot.feed("lines", { x: [2] })
  plot.close()
  await plot.settled()

  expect(painted).toEqual([])
  expect(b.documents).toEqual([])
})
