import { expect, test } from "vitest"
import { type Pace, Pacer, paceText } from "../../src/player/pace"

const market = (times: number): Pace => ({ kind: "market", times })
const events = (rate: number): Pace => ({ kind: "events", rate })

test("market time is elapsed time times the speed, in µs", () => {
  const pacer = new Pacer()
  pacer.start(1000)

  expect(pacer.due(1016, market(60))).toBe(16 * 1000 * 60)
})

test("what is less than a whole event is kept for the next picture", () => {
  const pacer = new Pacer()
  pacer.start(0)
  const due = [100, 200, 300, 400, 500, 600].map((now) => pacer.due(now, events(5)))

  expect(due).toEqual([0, 1, 0, 1, 0, 1])
})

test("a minute at any rate of pictures is a minute", () => {
  const pacer = new Pacer()
  pacer.start(0)
  let sum = 0
  for (let now = 0; now <= 60_000; now += 16 + (now % 7)) sum += pacer.due(now, market(300))
  sum += pacer.due(60_000, market(300))

  expect(sum).toBe(60_000_000 * 300)
})

test("minutes in the background do not count", () => {
  const pacer = new Pacer()
  pacer.start(0)

  expect(pacer.due(600_000, market(1))).toBe(1_000_000)
})

test("nothing is due when it does not run, and what was owed is forgotten when the unit changes", () => {
  const pacer = new Pacer()
  const before = pacer.due(1000, market(10))
  pacer.start(1000)
  pacer.due(1900, events(1))
  pacer.change()

  expect([before, pacer.due(2000, events(1))]).toEqual([0, 0])
})

test("speeds in words", () => {
  expect([market(100_000), events(1), events(5)].map(paceText)).toEqual(["×100,000", "1 event/s", "5 events/s"])
})
