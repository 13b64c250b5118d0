import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Request } from "../src/model/messages"
import type { BokehDocument, Model, Property } from "../src/widget/bokeh"
import type { Channel } from "../src/widget/channel"
import { Zoom } from "../src/widget/zoom"

class Slots {
  slots = new Set<() => void>()
  connect = (slot: () => void) => this.slots.add(slot)
  disconnect = (slot: () => void) => this.slots.delete(slot)
}

class FakeModel {
  set: Record<string, unknown> = {}
  properties: Record<string, Property & { change: Slots }> = {}
  constructor(values: Record<string, unknown> = {}) {
    for (const [attr, value] of Object.entries(values)) {
      this.properties[attr] = { attr, get_value: () => value, change: new Slots() as never }
    }
  }
  setv(values: Record<string, unknown>): void {
    Object.assign(this.set, values)
  }
}

const title = new FakeModel()
const models: Record<string, FakeModel> = {}
const drawing = { get_model_by_name: (name: string) => (models[name] as unknown as Model) ?? null } as BokehDocument
const move = () => {
  for (const slot of models.time?.properties.start?.change.slots ?? []) slot()
}
let notes: string[]
const note = (text: string) => notes.push(text)

beforeEach(() => {
  vi.useFakeTimers()
  notes = []
  models.time = new FakeModel({ start: 10, end: 20 })
  models.price = new FakeModel({ title })
  models.candles = new FakeModel()
  models.price_range = new FakeModel()
})
afterEach(() => vi.useRealTimers())

function kernel(answer: (request: Request) => unknown): { channel: Channel; asked: Request[] } {
  const asked: Request[] = []
  const ask = async (request: Request) => {
    asked.push(request)
    return { reply: answer(request), bytes: new DataView(new Float64Array([1, 2]).buffer) }
  }
  return { channel: { ask } as unknown as Channel, asked }
}

const view = {
  kind: "view",
  columns: { candles: { open: { at: 0, count: 2 } } },
  limits: { price: [0.5, 2.5] },
  title: "EURUSD  1m candles",
}

test("a range at rest is asked for once, and the answer is put in", async () => {
  const { channel, asked } = kernel(() => view)
  new Zoom(drawing, channel, note)
  move()
  move()
  await vi.advanceTimersByTimeAsync(200)

  expect(asked).toEqual([{ kind: "view", id: 1, x: [10, 20] }])
  expect(models.candles?.set.data).toEqual({ open: new Float64Array([1, 2]) })
  expect(models.price_range?.set).toEqual({ start: 0.5, end: 2.5 })
  expect(title.set.text).toBe("EURUSD  1m candles")
})

test("why the kernel cannot answer is shown", async () => {
  const { channel } = kernel(() => ({ kind: "view", error: "the run is no longer in memory" }))
  new Zoom(drawing, channel, note)
  move()
  await vi.advanceTimersByTimeAsync(200)

  expect(notes).toEqual(["the run is no longer in memory"])
})

test("without a kernel the charts stay and say so", async () => {
  const { channel } = kernel(() => {
    throw new Error("comm is closed")
  })
  new Zoom(drawing, channel, note)
  move()
  await vi.advanceTimersByTimeAsync(200)

  expect(notes[0]).toMatch("no kernel")
})

test("nothing is asked after the end", async () => {
  const { channel, asked } = kernel(() => view)
  const zoom = new Zoom(drawing, channel, note)
  move()
  zoom.stop()
  await vi.advanceTimersByTimeAsync(200)

  expect(asked).toEqual([])
  expect(models.time?.properties.start?.change.slots.size).toBe(0)
})
