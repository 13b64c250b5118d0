import { expect, test } from "vitest"
import type { Cursor } from "../../src/model/frame"
import type { Unit } from "../../src/model/replay"
import { code, MINUTE, replayOf, SECOND, type Tape, type Tick } from "./tape"

const TICKS: Tick[] = [
  [0, 100, 102],
  [20 * SECOND, 105, 107],
  [20 * SECOND, 104, 106],
  [50 * SECOND, 103, 105],
  [MINUTE, 108, 110],
  [MINUTE + 30 * SECOND, 99, 101],
  [3 * MINUTE + SECOND, 101, 103],
  [4 * MINUTE + SECOND, 120, 122],
  [5 * MINUTE, 90, 92],
]
const at = (ts: number, taken: number | null = null): Cursor => ({ ts, taken })

/** Every cursor that steps of a unit lead to, until they lead nowhere. */
async function path(
  replay: Awaited<ReturnType<typeof replayOf>>["replay"],
  from: Cursor,
  unit: Unit,
  way: 1 | -1,
  timeframe?: string,
) {
  const cursors: Cursor[] = []
  for (let cursor = from; cursors.length < 50; ) {
    const next = await replay.step(cursor, unit, way, timeframe)
    if (next.ts === cursor.ts && next.taken === cursor.taken) break
    cursors.push(next)
    cursor = next
  }
  return cursors
}

test("ticks are taken one by one, also those of one stamp, there and back", async () => {
  const { replay } = await replayOf({ ticks: TICKS })
  const all = TICKS.map(([ts], i) => at(ts, i + 1))

  expect(await path(replay, at(0, 0), "tick", 1)).toEqual(all)
  expect(await path(replay, at(60 * MINUTE), "tick", -1)).toEqual([...all].reverse())
  expect(await replay.step(at(20 * SECOND), "tick", -1)).toEqual(at(20 * SECOND, 2))
  expect(await replay.step(at(40 * SECOND), "tick", -1)).toEqual(at(20 * SECOND, 3))
})

test("where ticks are not at hand a step leads to the next instant that can be shown", async () => {
  const { replay } = await replayOf({ ticks: TICKS, stretches: [[5, 7]] })

  const forth = await path(replay, at(0, 0), "tick", 1)
  expect(forth).toEqual([
    at(MINUTE, 4),
    at(MINUTE + 30 * SECOND, 6),
    at(3 * MINUTE + SECOND, 7),
    at(5 * MINUTE, 8),
    at(6 * MINUTE),
  ])
  for (const cursor of forth) expect(await replay.settled(cursor)).toMatchObject({ ts: cursor.ts, exact: true })
  expect(await path(replay, at(7 * MINUTE), "tick", -1)).toEqual([
    at(5 * MINUTE, 8),
    at(4 * MINUTE, 7),
    at(3 * MINUTE + SECOND, 7),
    at(MINUTE + 30 * SECOND, 6),
    at(MINUTE, 4),
    at(0, 0),
  ])
})

test("C02 a bar is stepped to its end, before the ticks of that stamp", async () => {
  const { replay } = await replayOf({ ticks: TICKS })
  const ends = [at(MINUTE, 4), at(2 * MINUTE), at(4 * MINUTE), at(5 * MINUTE, 8), at(6 * MINUTE)]

  expect(await path(replay, at(0), "bar", 1, "1m")).toEqual(ends)
  expect(await path(replay, at(7 * MINUTE), "bar", -1, "1m")).toEqual([...ends].reverse())
  expect(await replay.step(at(5 * MINUTE), "bar", -1, "1m")).toEqual(at(5 * MINUTE, 8))
  expect(await path(replay, at(0), "bar", 1, "5m")).toEqual([at(5 * MINUTE, 8), at(10 * MINUTE)])
})

const FILLED = code("events", "FILLED")
const run: Tape = {
  ticks: TICKS,
  events: [
    { ts: MINUTE, taken: 4, kind: code("events", "SUBMITTED") },
    { ts: MINUTE, taken: 5, kind: FILLED },
    { ts: MINUTE, taken: 5, kind: code("events", "BOOKING") },
    { ts: 3 * MINUTE + SECOND, taken: 7, kind: FILLED },
    { ts: 60 * MINUTE, taken: 9, phase: 6, kind: code("events", "CANCELLED") },
  ],
  trades: [
    { entry_ts: 3 * MINUTE + SECOND, entry_taken: 7, exit_ts: 5 * MINUTE, exit_taken: 9 },
    { entry_ts: MINUTE, entry_taken: 5, exit_ts: 3 * MINUTE + SECOND, exit_taken: 7 },
  ],
}

test("events of one tick are one step, and fills and entries are found among them", async () => {
  const { replay } = await replayOf(run)
  const [sent, filled, closed, end] = [at(MINUTE, 4), at(MINUTE, 5), at(3 * MINUTE + SECOND, 7), at(60 * MINUTE, 9)]

  expect(await path(replay, at(0), "event", 1)).toEqual([sent, filled, closed, end])
  expect(await path(replay, at(60 * MINUTE), "event", -1)).toEqual([closed, filled, sent])
  expect(await path(replay, at(0), "fill", 1)).toEqual([filled, closed])
  expect(await path(replay, at(0), "trade", 1)).toEqual([filled, closed])
  expect(await path(replay, at(60 * MINUTE), "trade", -1)).toEqual([closed, filled])
  expect([replay.entryOf(1), replay.exitOf(1), replay.cursorOfEvent(3)]).toEqual([filled, closed, closed])
})

test("the next event is looked for both ways, and is null where there is none", async () => {
  const { replay } = await replayOf(run)
  const isFill = (row: number) => replay.events.kind?.[row] === FILLED

  expect(replay.nextEvent(at(0, 0), isFill, 1)).toEqual(at(MINUTE, 5))
  expect(replay.nextEvent(at(MINUTE, 5), isFill, 1)).toEqual(at(3 * MINUTE + SECOND, 7))
  expect(replay.nextEvent(at(MINUTE, 5), isFill, -1)).toBeNull()
  expect(replay.nextEvent(at(60 * MINUTE, 9), () => true, 1)).toBeNull()
})

const DAY = 24 * 60 * MINUTE

test("a day is stepped to midnight, or over days that are cut out", async () => {
  const meta = { end: 9 * DAY, axis: { starts: [2 * DAY - MINUTE], ends: [4 * DAY + MINUTE] } }
  const { replay } = await replayOf({ ticks: TICKS, meta })

  expect(await path(replay, at(MINUTE), "day", 1)).toEqual([1, 4, 5, 6, 7, 8, 9].map((day) => at(day * DAY)))
  expect(await path(replay, at(5 * DAY), "day", -1)).toEqual([4, 1, 0].map((day) => at(day * DAY)))
})
