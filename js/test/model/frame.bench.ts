/** What a frame costs: a year of one-minute bars, six timeframes, 100,000 events, all blocks at hand. */

import { beforeAll, bench } from "vitest"
import type { Replay } from "../../src/model/replay"
import { code, MINUTE, type Row, replayOf, type Tick } from "./tape"

const MINUTES = 365 * 1440
const EVENTS = 100_000
const TIMEFRAMES = { "1m": 1, "5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1440 }

let replay: Replay

/** Four ticks a minute; in and out every few minutes, with a stop beside. */
function year() {
  const ticks: Tick[] = []
  for (let i = 0; i < 4 * MINUTES; i++) {
    const price = 100_000 + Math.round(900 * Math.sin(i / 5000)) + ((i * 7919) % 13)
    ticks.push([i * 15_000_000 + 1, price, price + 2])
  }
  const events: Row[] = []
  const orders: Row[] = []
  const kinds = ["SUBMITTED", "FILLED", "SUBMITTED", "CANCELLED"]
  for (let i = 0; i < EVENTS; i++) {
    const order = 1 + 2 * Math.floor(i / 4) + Number(i % 4 > 1)
    const taken = Math.floor((i * ticks.length) / EVENTS) + 1
    const kind = kinds[i % 4] as string
    if (kind === "SUBMITTED") orders.push({ id: order, side: 1, quantity: 1_000, limit: 99_000 })
    const position = Math.floor(i / 4) % 20
    const price = 100_000
    events.push({
      ts: ticks[taken - 1]?.[0] as number,
      taken,
      kind: code("events", kind),
      order,
      position,
      price,
      quantity: 1_000,
    })
  }
  const stretches: [number, number][] = []
  for (let i = 0; i < ticks.length; i += 4096) stretches.push([i, Math.min(i + 4096, ticks.length)])
  return { ticks, events, orders, stretches }
}

beforeAll(async () => {
  const timeframes = Object.fromEntries(Object.entries(TIMEFRAMES).map(([name, minutes]) => [name, minutes * MINUTE]))
  const made = await replayOf({ ...year(), timeframes, size: 4096, meta: { end: MINUTES * MINUTE } })
  replay = made.replay
  await replay.want([...made.source.all.keys()])
  replay.frame({ ts: MINUTES * MINUTE, taken: null }) // the book, once
}, 120_000)

/** Frames at instants so far apart, round and round. */
function every(us: number): () => void {
  let ts = 0
  return () => {
    ts = (ts + us + MINUTES * MINUTE) % (MINUTES * MINUTE)
    replay.frame({ ts, taken: null })
  }
}

bench("playing at a minute of the market a frame", every(MINUTE + 7))
bench("scrubbing anywhere in the year", every(137 * 1440 * MINUTE + 12_345_678))
bench("stepping back by ten seconds", every(-10_000_000))
