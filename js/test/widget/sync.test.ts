import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Cursor } from "../../src/model/frame"
import { Sync } from "../../src/widget/sync"
import type { Place } from "../../src/widget/talk"

/** A widget's model as its views see it: setting calls the listeners at once, those of the setter too. */
class Model {
  place: Place = [1000, null]
  saved: Place[] = []
  listeners = new Set<() => void>()
  get = () => this.place
  set(_name: string, value: unknown): void {
    this.place = value as Place
    for (const listener of [...this.listeners]) listener()
  }
  save_changes(): void {
    this.saved.push(this.place)
  }
  on(_event: string, listener: () => void): void {
    this.listeners.add(listener)
  }
  off(_event: string, listener: () => void): void {
    this.listeners.delete(listener)
  }
}

class Player {
  cursor: Cursor = { ts: 1000, taken: null }
  went: Cursor[] = []
  sync: Sync | undefined
  async go(cursor: Cursor): Promise<void> {
    this.went.push(cursor)
    this.move(cursor)
  }
  move(cursor: Cursor): void {
    this.cursor = cursor
    this.sync?.moved()
  }
}

let model: Model

function view(): Player {
  const player = new Player()
  player.sync = new Sync(model, player)
  return player
}

const later = () => vi.advanceTimersByTimeAsync(500)

beforeEach(() => {
  vi.useFakeTimers()
  model = new Model()
})
afterEach(() => {
  vi.useRealTimers()
})

test("moves on the page reach Python, at most ten a second, the latest last", async () => {
  const player = view()
  for (let ts = 2000; ts <= 2050; ts++) {
    player.move({ ts, taken: null })
    await vi.advanceTimersByTimeAsync(10)
  }
  await later()

  expect(model.saved.length).toBeLessThan(8)
  expect(model.saved.at(-1)).toEqual([2050, null])
})

test("a place set in Python moves the page, and is not told back", async () => {
  const player = view()
  model.set("place", [3000, 7])
  await later()

  expect(player.cursor).toEqual({ ts: 3000, taken: 7 })
  expect(model.saved).toEqual([])
})

test("two views stay equal, and the one that follows does not set the other back", async () => {
  const [first, second] = [view(), view()]
  for (let ts = 2000; ts <= 2100; ts += 5) {
    first.move({ ts, taken: null })
    await vi.advanceTimersByTimeAsync(30)
  }
  await later()

  expect([first.cursor.ts, second.cursor.ts]).toEqual([2100, 2100])
  expect(first.went).toEqual([])
  expect(model.saved.map(([ts]) => ts)).toEqual([...model.saved.map(([ts]) => ts)].sort())
})

test("going back to where Python had been is a move like any other", async () => {
  const player = view()
  model.set("place", [3000, null])
  await later()
  player.move({ ts: 4000, taken: null })
  await later()
  player.move({ ts: 3000, taken: null })
  await later()

  expect(model.saved).toEqual([
    [4000, null],
    [3000, null],
  ])
})

test("a place set while the player was being made is not lost", async () => {
  model.place = [5000, null]
  const player = view()
  await later()

  expect(player.cursor.ts).toBe(5000)
})

test("without a kernel the page moves on alone", async () => {
  const player = view()
  model.save_changes = () => {
    throw new Error("Comm is closed")
  }
  player.move({ ts: 2000, taken: null })
  await later()

  expect(player.cursor.ts).toBe(2000)
})

test("closed, it listens no more and tells nothing", async () => {
  const player = view()
  player.move({ ts: 2000, taken: null })
  player.sync?.close()
  await later()

  expect([model.listeners.size, model.saved.length, vi.getTimerCount()]).toEqual([0, 0, 0])
})
