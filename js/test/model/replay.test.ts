import { expect, test } from "vitest"
import type { Block } from "../../src/model/blocks"
import type { Cursor } from "../../src/model/frame"
import type { SymbolMeta } from "../../src/model/meta"
import { code, MINUTE, metaOf, replayOf, SECOND, sourceOf, type Tape, type Tick } from "./tape"

// Seven minutes, one of them empty; two ticks of one stamp, and one at a minute's opening.
const TICKS: Tick[] = [
  [0, 100, 102],
  [20 * SECOND, 105, 107],
  [20 * SECOND, 104, 106],
  [50 * SECOND, 103, 105],
  [MINUTE, 108, 110],
  [MINUTE + 30 * SECOND, 99, 101],
  [3 * MINUTE + SECOND, 101, 103],
  [4 * MINUTE + SECOND, 120, 122],
  [5 * MINUTE + SECOND, 90, 93],
  [6 * MINUTE + SECOND, 95, 94],
]
const at = (ts: number, taken: number | null = null): Cursor => ({ ts, taken })
const bar = (ts: number, us: number, [open, high, low, close]: number[], ticks: number) => {
  return { ts, end: ts + us, open, high, low, close, volume: 0, ticks }
}

test("opening loads the journal, the trades, the curve and the indices, and nothing else", async () => {
  const { source } = await replayOf({ ticks: TICKS })

  expect([...source.here.keys()].sort()).toEqual([
    "curve",
    "events",
    "index/bars/0/1m",
    "index/bars/0/5m",
    "index/ticks/0",
    "orders",
    "trades",
  ])
})

test("R01 R03 the forming bars are made of the ticks taken, at any of two with one stamp", async () => {
  const { replay } = await replayOf({ ticks: TICKS })

  const bars = async (cursor: Cursor) => (await replay.settled(cursor)).bars[0]
  expect((await bars(at(20 * SECOND, 1)))?.["1m"]).toEqual({
    closed: 0,
    forming: bar(0, MINUTE, [100, 100, 100, 100], 1),
  })
  expect((await bars(at(20 * SECOND, 2)))?.["1m"]?.forming).toEqual(bar(0, MINUTE, [100, 105, 100, 105], 2))
  expect((await bars(at(20 * SECOND)))?.["1m"]?.forming).toEqual(bar(0, MINUTE, [100, 105, 100, 104], 3))
  expect((await bars(at(MINUTE, 4)))?.["1m"]).toEqual({ closed: 1, forming: null })
  expect((await bars(at(MINUTE)))?.["5m"]).toEqual({ closed: 0, forming: bar(0, 5 * MINUTE, [100, 108, 100, 108], 5) })
  expect((await bars(at(4 * MINUTE + SECOND)))?.["5m"]?.forming).toEqual(bar(0, 5 * MINUTE, [100, 120, 99, 120], 8))
})

test("a frame says what it lacks and which cursor it shows instead, until that is there", async () => {
  const { replay, source } = await replayOf({ ticks: TICKS })
  const cursor = at(MINUTE + 30 * SECOND)

  const cold = replay.frame(cursor)
  expect(cold).toMatchObject({ ts: 0, taken: 0, exact: false })
  expect(cold.missing).toContain("bars/0/1m/0")
  await replay.want(cold.missing)
  const warmer = replay.frame(cursor)
  expect(warmer).toMatchObject({ ts: MINUTE, taken: 4, exact: false })
  expect(warmer.missing).toContain("ticks/0/1")
  expect(await replay.settled(cursor)).toMatchObject({ ts: cursor.ts, taken: 6, exact: true, missing: [] })
  expect(source.asked.filter((key) => key === "ticks/0/1").length).toBe(1)
})

test("what cannot be had is asked for once, and named", async () => {
  const { replay, source } = await replayOf({ ticks: TICKS })
  source.gone.set("ticks/0/1", "the kernel is gone")

  const frame = await replay.settled(at(MINUTE + 30 * SECOND))
  expect(frame).toMatchObject({ ts: MINUTE, taken: 4, exact: false, missing: ["ticks/0/1"] })
  expect(source.asked.filter((key) => key === "ticks/0/1").length).toBe(1)
  await replay.want(["ticks/0/1"])
})

test("without ticks a bar's middle is its opening, its end is exact, and only the close is quoted", async () => {
  const { replay } = await replayOf({ ticks: TICKS, stretches: [] })

  expect(await replay.settled(at(30 * SECOND))).toMatchObject({ ts: 0, taken: 0, exact: false, quotes: [null] })
  expect(await replay.settled(at(MINUTE, 4))).toMatchObject({ exact: true, quotes: [{ ts: null, bid: 103, ask: 105 }] })
  const empty = await replay.settled(at(2 * MINUTE + 7))
  expect(empty).toMatchObject({ ts: 2 * MINUTE + 7, taken: 6, exact: true, quotes: [{ ts: null, bid: 99, ask: 101 }] })
  expect(empty.bars[0]?.["5m"]?.forming).toEqual(bar(0, 5 * MINUTE, [100, 108, 99, 99], 6))
})

test("with some of a bar's ticks the last of them is shown, from what the bar was before", async () => {
  const { replay } = await replayOf({ ticks: TICKS, stretches: [[1, 3]] })

  expect(await replay.settled(at(20 * SECOND, 1))).toMatchObject({
    taken: 1,
    exact: true,
    quotes: [{ ts: null, bid: 100, ask: 102 }],
    bars: [{ "1m": { forming: bar(0, MINUTE, [100, 100, 100, 100], 1) } }],
  })
  const later = await replay.settled(at(40 * SECOND))
  expect(later).toMatchObject({ ts: 20 * SECOND, taken: 3, exact: false, quotes: [{ ts: 20 * SECOND, bid: 104 }] })
  expect(later.bars[0]?.["1m"]?.forming).toEqual(bar(0, MINUTE, [100, 105, 100, 104], 3))
  expect(await replay.settled(at(10 * SECOND))).toMatchObject({ ts: 0, taken: 0, exact: false })
})

const held: Pick<Tape, "events" | "orders"> = {
  orders: [{ id: 1, side: 1, quantity: 1_000 }],
  events: [
    { ts: MINUTE, taken: 4, phase: 4, kind: code("events", "SUBMITTED"), order: 1, peak: 1e9 },
    {
      ts: MINUTE,
      taken: 5,
      phase: 5,
      kind: code("events", "FILLED"),
      order: 1,
      position: 1,
      price: 110,
      quantity: 1_000,
    },
    { ts: MINUTE, taken: 5, phase: 5, kind: code("events", "BOOKING"), order: 1, amount: -7, peak: 1e9, reason: 2 },
    {
      ts: 60 * MINUTE,
      taken: 10,
      phase: 6,
      kind: code("events", "BOOKING"),
      order: 1,
      amount: 1,
      peak: 1e9,
      reason: 2,
    },
  ],
}

test("T01 events of an instant are there as far as its ticks were taken; those of the run's end never are", async () => {
  const { replay } = await replayOf({ ticks: TICKS, ...held })

  const counts = [at(MINUTE - 1), at(MINUTE, 4), at(MINUTE, 5), at(MINUTE), at(60 * MINUTE)]
  expect(await Promise.all(counts.map(async (cursor) => (await replay.settled(cursor)).events))).toEqual([
    0, 1, 3, 3, 3,
  ])
  expect((await replay.settled(at(60 * MINUTE))).balance).toBe(999_999_993)
})

test("P03 R13 a lot is worth what it would close at, crossed quotes by their middle", async () => {
  const { replay } = await replayOf({ ticks: TICKS, ...held })

  const early = await replay.settled(at(MINUTE))
  expect(early.lots).toEqual([
    { id: 1, order: 1, symbol: 0, side: 1, price: 110, steps: 1_000, ts: MINUTE, profit: -20_000 },
  ])
  expect(early.equity).toBe(999_999_993 - 20_000)
  // Bid 95 above ask 94: it would close at 94.
  expect((await replay.settled(at(7 * MINUTE))).lots[0]?.profit).toBe(-160_000)
})

test("P07 the peak is the highest of the cash, the last event's and the last base bar's", async () => {
  const { replay, source } = await replayOf({ ticks: TICKS, ...held })
  const rows = source.all.get("bars/0/1m/0")?.columns.peak as Float64Array
  rows.set([1, 2e9, 3e9])

  const peak = async (ts: number) => (await replay.settled(at(ts))).peak
  expect([await peak(MINUTE), await peak(2 * MINUTE - 1), await peak(2 * MINUTE), await peak(4 * MINUTE)]).toEqual([
    1e9, 1e9, 2e9, 3e9,
  ])
})

test("a cursor outside of the run is brought into it, and the frame says so", async () => {
  const { replay } = await replayOf({ ticks: TICKS })

  expect(replay.clamp(at(-5, 3))).toEqual(at(0))
  expect(replay.clamp(at(61 * MINUTE))).toEqual(at(60 * MINUTE))
  expect(replay.clamp(at(MINUTE, 4))).toEqual(at(MINUTE, 4))
  expect(await replay.settled(at(61 * MINUTE))).toMatchObject({ ts: 60 * MINUTE, exact: false })
})

test("T03 variables are those of the last sample, by name; one that is set later is not there before", async () => {
  const meta = { has: { ticks: "all", variables: "bar" } } as const
  const block: Block = {
    columns: { ts: Float64Array.of(0, MINUTE, MINUTE, 2 * MINUTE), taken: Float64Array.of(0, 4, 5, 6) },
    plain: { values: { n: { rows: [0, 2], values: [1, 2] }, late: { rows: [3], values: ["x"] } } },
  }
  const { replay } = await replayOf({ ticks: TICKS, meta }, { "variables/0": block })

  expect(replay.frame(at(0)).variables).toBeNull()
  const cursors = [at(30 * SECOND), at(MINUTE, 4), at(MINUTE), at(2 * MINUTE)]
  expect(await Promise.all(cursors.map(async (cursor) => (await replay.settled(cursor)).variables))).toEqual([
    { n: 1 },
    { n: 1 },
    { n: 2 },
    { n: 2, late: "x" },
  ])
})

const mean = { name: "mean", label: "sma", symbol: 0, timeframe: "1m", digits: 3, pane: "price", column: "0" }
const values: Record<string, Block> = {
  "values/0/1m/0": { columns: { "0": Float64Array.of(Number.NaN, 1500, 1750) }, plain: {} },
  "values/0/1m/1": { columns: { "0": Float64Array.of(2000, 2250, 2500) }, plain: {} },
}

test("an indicator is its value on the last closed bar, and null before it has one", async () => {
  const { replay } = await replayOf({ ticks: TICKS, meta: { indicators: [mean] } }, values)

  const now = async (ts: number) => (await replay.settled(at(ts))).indicators[0]?.mean
  expect([await now(30 * SECOND), await now(MINUTE), await now(2 * MINUTE), await now(5 * MINUTE)]).toEqual([
    null,
    null,
    1.5,
    2,
  ])
  expect([...replay.values(0, 1, 5)]).toEqual([1.5, 1.75, 2, 2.25])
})

test("bars of blocks that are not at hand are NaN, with the keys; rows beyond the last are clipped", async () => {
  const { replay } = await replayOf({ ticks: TICKS, meta: { indicators: [mean] } }, values)
  await replay.want(["bars/0/1m/1"])

  const window = replay.bars(0, "1m", 2, 99)
  expect([window.from, window.to, window.missing]).toEqual([2, 6, ["bars/0/1m/0"]])
  expect([...window.open]).toEqual([Number.NaN, 120, 90, 95])
  expect(replay.bars(0, "1m", -3, -1).close.length).toBe(0)
  expect([...replay.values(0, 5, 8)].every(Number.isNaN)).toBe(true)
})

test("a closed count that is not known yet is asked for", async () => {
  const { replay, source } = await replayOf({ ticks: TICKS })

  expect(replay.closedAt(0, "1m", 2 * MINUTE)).toBeUndefined()
  expect(source.asked).toEqual(["bars/0/1m/0"])
  await Promise.resolve()
  expect(replay.closedAt(0, "1m", 2 * MINUTE)).toBe(2)
  expect(replay.closedAt(0, "1m", -1)).toBe(0)
})

test("a run without a tick has its frames too", async () => {
  const { replay } = await replayOf({ ticks: [] })

  expect(await replay.settled(at(5 * MINUTE))).toEqual({
    ts: 5 * MINUTE,
    taken: 0,
    exact: true,
    quotes: [null],
    bars: [{ "1m": { closed: 0, forming: null }, "5m": { closed: 0, forming: null } }],
    lots: [],
    orders: [],
    balance: 1e9,
    equity: 1e9,
    peak: 1e9,
    events: 0,
    indicators: [{}],
    variables: null,
    missing: [],
  })
})

test("market time jumps over hours that are cut out", async () => {
  const axis = { starts: [10 * MINUTE], ends: [30 * MINUTE] }
  const { replay } = await replayOf({ ticks: TICKS, meta: { axis } })

  expect(replay.ahead(at(9 * MINUTE, 10), 2 * MINUTE)).toEqual(at(31 * MINUTE))
  expect(replay.ahead(at(59 * MINUTE), 2 * MINUTE)).toEqual(at(60 * MINUTE))
})

test("the stretch before a bar's first tick is not taken for the bar's", async () => {
  const { replay } = await replayOf({
    ticks: TICKS,
    stretches: [
      [2, 4],
      [5, 6],
    ],
  })

  // The tick that opens the second minute is not at hand, so what its stretch begins from is.
  expect((await replay.settled(at(MINUTE + 30 * SECOND))).bars[0]?.["1m"]?.forming).toEqual(
    bar(MINUTE, MINUTE, [108, 108, 99, 99], 2),
  )
  expect(await replay.settled(at(MINUTE + SECOND))).toMatchObject({ ts: MINUTE, taken: 4, exact: false })
})

test("another symbol has a place of its own, and stands where the instant puts it", async () => {
  const other = TICKS.slice(0, 6).map(([ts, bid, ask]): Tick => [ts + SECOND, bid + 1_000, ask + 1_000])
  const replay = await beside(other)

  const frame = await replay.settled(at(MINUTE, 8))
  expect(frame).toMatchObject({ taken: 8, exact: true })
  expect(frame.quotes).toEqual([
    { ts: 50 * SECOND, bid: 103, ask: 105 },
    { ts: 51 * SECOND, bid: 1_103, ask: 1_105 },
  ])
  expect(frame.bars.map((bars) => bars["1m"]?.closed)).toEqual([1, 1])
})

test("P06 of ticks with one stamp the first symbol's are taken first, and steps go through both", async () => {
  const replay = await beside(TICKS.slice(0, 4).map(([ts, bid, ask]): Tick => [ts, bid + 1_000, ask + 1_000]))

  const bids = async (taken: number) => (await replay.settled(at(20 * SECOND, taken))).quotes.map((quote) => quote?.bid)
  expect([await bids(2), await bids(3), await bids(4), await bids(5), await bids(6)]).toEqual([
    [100, 1_100],
    [105, 1_100],
    [104, 1_100],
    [104, 1_105],
    [104, 1_104],
  ])
  const walked: Cursor[] = [at(0, 0)]
  for (let i = 0; i < 7; i++) walked.push(await replay.step(walked[i] as Cursor, "tick", 1))
  expect(walked.map(({ taken }) => taken)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  for (let i = 7; i > 1; i--) expect(await replay.step(walked[i] as Cursor, "tick", -1)).toEqual(walked[i - 1])
})

test("an instant is shown exactly only where the ticks of every symbol are at hand", async () => {
  const other = TICKS.slice(0, 6).map(([ts, bid, ask]): Tick => [ts + SECOND, bid + 1_000, ask + 1_000])
  const replay = await beside(other, [[0, 1]])

  expect(await replay.settled(at(SECOND))).toMatchObject({ taken: 2, exact: true })
  expect(await replay.settled(at(20 * SECOND))).toMatchObject({ ts: SECOND, taken: 2, exact: false })
  expect(await replay.settled(at(2 * MINUTE))).toMatchObject({ taken: 12, exact: true })
})

async function beside(other: Tick[], stretches?: [number, number][]) {
  const meta = metaOf({ ticks: TICKS })
  const second = sourceOf({ ticks: other, symbol: 1, stretches })
  const symbols = [...meta.symbols, { ...(meta.symbols[0] as SymbolMeta), name: "GBPUSD", ticks: other.length }]
  const counts = metaOf({ ticks: other }).timeframes.map((one) => one.counts[0] as number)
  const timeframes = meta.timeframes.map((one, i) => ({ ...one, counts: [...one.counts, counts[i] as number] }))
  const blocks = [...second.all].filter(([key]) => /^(index\/)?(bars|ticks)\/1/.test(key))
  return (await replayOf({ ticks: TICKS, meta: { symbols, timeframes } }, Object.fromEntries(blocks))).replay
}
