// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Cursor, Frame } from "../../src/model/frame"
import { HOLD, Painter, type PaintState, REST } from "../../src/player/painter"

/** A page whose animation frames come when they are called for, and a source whose blocks come when they are sent. */
class Stage {
  now = 0
  cursor: Cursor = { ts: 0, taken: null }
  drawn: string[] = []
  states: PaintState[] = []
  missing: string[] = []
  failures = new Map<string, string>()
  wanted: string[] = []
  #frames: ((now: number) => void)[] = []
  #loads = new Map<string, () => void>()
  painter: Painter

  constructor() {
    vi.stubGlobal("requestAnimationFrame", (call: (now: number) => void) => this.#frames.push(call))
    vi.stubGlobal("cancelAnimationFrame", () => undefined)
    this.painter = new Painter({
      cursor: () => this.cursor,
      frameAt: (cursor) =>
        ({ ts: cursor.ts, exact: this.missing.length === 0, missing: this.missing }) as unknown as Frame,
      want: (key) => {
        this.wanted.push(key)
        return new Promise((resolve) => this.#loads.set(key, resolve))
      },
      failure: (key) => this.failures.get(key),
      draw: (frame, extent) => {
        this.drawn.push(`${frame.ts} ${extent}`)
        return []
      },
      settled: () => Promise.resolve(),
      done: (_frame, state) => this.states.push(state),
    })
  }

  move(ts: number): void {
    this.cursor = { ts, taken: null }
    this.painter.request()
  }

  /** The next animation frame, `ms` later. */
  async frame(ms = 16): Promise<void> {
    this.now += ms
    for (const call of this.#frames.splice(0)) call(this.now)
    await vi.advanceTimersByTimeAsync(ms)
  }

  async arrive(key: string): Promise<void> {
    this.missing = this.missing.filter((one) => one !== key)
    this.#loads.get(key)?.()
    await vi.advanceTimersByTimeAsync(0)
  }

  async fail(key: string, reason: string): Promise<void> {
    this.failures.set(key, reason)
    this.#loads.get(key)?.()
    await vi.advanceTimersByTimeAsync(0)
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test("of many moves between two frames the last is painted", async () => {
  const stage = new Stage()
  for (const ts of [1, 2, 3]) stage.move(ts)
  await stage.frame()

  expect(stage.drawn).toEqual(["3 focus"])
})

test("a step shows the large chart first, then all, then nothing more", async () => {
  const stage = new Stage()
  stage.move(1)
  for (let i = 0; i < 5; i++) await stage.frame()

  expect(stage.drawn).toEqual(["1 focus", "1 all"])
})

test("while the cursor moves all charts are painted every quarter of a second", async () => {
  const stage = new Stage()
  for (let i = 0; i < 100; i++) {
    stage.move(i)
    await stage.frame(16)
  }
  const all = stage.drawn.filter((one) => one.endsWith("all")).length

  expect(stage.drawn.length).toBe(100)
  expect(all).toBe(Math.floor(1600 / (Math.ceil(REST / 16) * 16 + 16)))
})

test("the picture before stays while a block loads, and the new one comes with it", async () => {
  const stage = new Stage()
  stage.missing = ["ticks/0/1"]
  stage.move(1)
  await stage.frame()
  const held = [...stage.drawn]
  await stage.arrive("ticks/0/1")
  await stage.frame()

  expect(held).toEqual([])
  expect(stage.drawn).toEqual(["1 focus"])
  expect(stage.wanted).toEqual(["ticks/0/1"])
})

test("after a while what there is is shown, as loading", async () => {
  const stage = new Stage()
  stage.missing = ["ticks/0/1"]
  stage.move(1)
  await stage.frame()
  await stage.frame(HOLD)
  await stage.frame()

  expect(stage.drawn[0]).toBe("1 focus")
  expect(stage.states[0]?.loading).toBe(true)
})

test("no picture waits for the strategy's variables", async () => {
  const stage = new Stage()
  stage.missing = ["variables/0"]
  stage.move(1)
  await stage.frame()

  expect(stage.drawn).toEqual(["1 focus"])
})

test("a block that cannot be had is asked for once at a cursor, and the reason is told", async () => {
  const stage = new Stage()
  stage.missing = ["ticks/0/1"]
  stage.move(1)
  await stage.frame()
  await stage.fail("ticks/0/1", "the store has moved")
  for (let i = 0; i < 4; i++) await stage.frame()
  const last = stage.states.at(-1)
  stage.move(2)
  await stage.frame()

  expect(last).toEqual({ extent: "all", loading: false, failure: "the store has moved" })
  expect(stage.wanted).toEqual(["ticks/0/1", "ticks/0/1"])
})

test("rest comes when all charts show the latest cursor and nothing is on its way", async () => {
  const stage = new Stage()
  stage.missing = ["bars/0/1m/3"]
  stage.move(1)
  const rested: number[] = []
  void stage.painter.rest().then((frame) => rested.push(frame.ts))
  await stage.frame()
  await stage.frame(HOLD)
  for (let i = 0; i < 3; i++) await stage.frame()
  const early = [...rested]
  await stage.arrive("bars/0/1m/3")
  for (let i = 0; i < 3; i++) await stage.frame()

  expect([early, rested]).toEqual([[], [1]])
})
