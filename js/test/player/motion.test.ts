import { expect, test } from "vitest"
import type { Cursor } from "../../src/model/frame"
import type { Meta, Micros } from "../../src/model/meta"
import { Motion, type MotionHooks } from "../../src/player/motion"
import { PACES } from "../../src/player/pace"

const SECOND = 1_000_000

/** A run of 100 s with an event at every tenth. */
class FakeRun {
  meta = { start: 0, end: 100 * SECOND, stopped: null } as unknown as Meta
  steps: string[] = []
  slow: Promise<void> = Promise.resolve()
  clamp = ({ ts, taken }: Cursor): Cursor => {
    const inside = Math.min(Math.max(ts, 0), this.meta.end)
    return { ts: inside, taken: inside === ts ? taken : null }
  }
  ahead = ({ ts }: Cursor, us: number): Cursor => this.clamp({ ts: ts + us, taken: null })
  cursorOfEvent = (row: number): Cursor => ({ ts: row * 10 * SECOND, taken: row })
  nextEvent = ({ ts }: Cursor, matches: (row: number) => boolean): Cursor | null => {
    for (let row = Math.floor(ts / (10 * SECOND)) + 1; row < 10; row++) if (matches(row)) return this.cursorOfEvent(row)
    return null
  }
  step = async (cursor: Cursor, unit: string, direction: 1 | -1, timeframe = ""): Promise<Cursor> => {
    this.steps.push(`${unit} ${timeframe} ${direction}`)
    await this.slow
    return this.clamp({ ts: cursor.ts + direction * SECOND, taken: null })
  }
}

function moving(at: Micros): { motion: Motion; run: FakeRun; said: string[]; changes: () => number } {
  const run = new FakeRun()
  const said: string[] = []
  let changes = 0
  const hooks: MotionHooks = {
    changed: () => changes++,
    say: (text) => said.push(text),
    focus: () => "5m",
    symbol: () => 0,
    ahead: () => undefined,
  }
  return { motion: new Motion(run, { ts: at, taken: null }, hooks), run, said, changes: () => changes }
}

const pace = (kind: string, value: number) =>
  PACES.findIndex((one) => one.kind === kind && (one.kind === "market" ? one.times : one.rate) === value)

test("a cursor outside the run is clamped, and that is said", () => {
  const { motion, said } = moving(0)
  motion.go({ ts: 500 * SECOND, taken: null })

  expect(motion.cursor.ts).toBe(100 * SECOND)
  expect(said).toEqual(["1970-01-01 00:08:20.000 is outside the run, which ends at 1970-01-01 00:01:40.000"])
})

test("playing moves by the speed times what has elapsed", () => {
  const { motion } = moving(0)
  motion.setPace(pace("market", 10))
  motion.toggle(1000)
  motion.at(1500)

  expect(motion.at(2000).ts).toBe(10 * SECOND)
})

test("playing ends at the end of the run, says so, and begins again from there", () => {
  const { motion, said } = moving(99 * SECOND)
  motion.setPace(pace("market", 10))
  motion.toggle(0)
  motion.at(900)
  const ended = [motion.cursor.ts, motion.playing]
  motion.toggle(1000)

  expect(ended).toEqual([100 * SECOND, false])
  expect(said).toEqual(["the end of the run"])
  expect([motion.cursor.ts, motion.playing]).toEqual([0, true])
})

test("playing stays within the range that was marked", () => {
  const { motion, said } = moving(90 * SECOND)
  motion.range = [20 * SECOND, 25 * SECOND]
  motion.setPace(pace("market", 10))
  motion.toggle(0)
  const from = motion.cursor.ts
  motion.at(900)

  expect([from, motion.cursor.ts]).toEqual([20 * SECOND, 25 * SECOND])
  expect(said).toEqual(["the end of the range"])
})

test("by events it goes from one to the next and leaves none out", () => {
  const { motion } = moving(5 * SECOND)
  motion.setPace(pace("events", 2))
  motion.toggle(0)
  const seen = [400, 600, 900, 1100, 1600].map((now) => motion.at(now).ts / SECOND)

  expect(seen).toEqual([5, 10, 10, 20, 30])
})

test("a step stops playing, and a bar without a timeframe is one of the large chart", async () => {
  const { motion, run } = moving(5 * SECOND)
  motion.toggle(0)
  motion.step(1)
  await Promise.resolve()
  await new Promise((resolve) => setTimeout(resolve))

  expect(motion.playing).toBe(false)
  expect(run.steps).toEqual(["bar 5m 1"])
  expect(motion.cursor.ts).toBe(6 * SECOND)
})

test("steps pressed while one is looked up are made one after the other", async () => {
  const { motion } = moving(5 * SECOND)
  for (let i = 0; i < 4; i++) motion.step(1)
  await new Promise((resolve) => setTimeout(resolve))

  expect(motion.cursor.ts).toBe(9 * SECOND)
})

test("a step that comes late does not undo a jump", async () => {
  const { motion, run } = moving(5 * SECOND)
  let release = () => {}
  run.slow = new Promise((resolve) => {
    release = resolve
  })
  motion.step(1)
  motion.go({ ts: 50 * SECOND, taken: null })
  release()
  await new Promise((resolve) => setTimeout(resolve))

  expect(motion.cursor.ts).toBe(50 * SECOND)
})

test("where there is no further step it says so", async () => {
  const { motion, said } = moving(0)
  motion.step(-1, { unit: "trade", timeframe: null })
  await new Promise((resolve) => setTimeout(resolve))

  expect(said).toEqual(["no earlier trade in this run"])
})

test("a jump behind the last one goes to the first, and says it", () => {
  const { motion, said } = moving(75 * SECOND)
  motion.jump((row) => row === 3, "rejection")

  expect(motion.cursor).toEqual({ ts: 30 * SECOND, taken: 3 })
  expect(said).toEqual(["no later rejection: this is the first of the run"])
})

test("a jump to what the run has not stays where it is", () => {
  const { motion, said, changes } = moving(75 * SECOND)
  motion.jump(() => false, "rejection")

  expect(motion.cursor.ts).toBe(75 * SECOND)
  expect([said, changes()]).toEqual([["this run has no rejection"], 0])
})
