// The two scripts that run inside a Bokeh axis; Python hands them over as text (backtestr_lab/replay/axis.py).
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"

const HOUR = 3600e3
const DAY = 24 * HOUR
const body = (name: string) => readFileSync(new URL(`../../backtestr_lab/replay/${name}`, import.meta.url), "utf8")
const ticker = new Function("starts", "ends", "most", "cb_data", body("ticks.js"))
const label = new Function("starts", "ends", "short", "tick", "ticks", body("tick_label.js"))

type Cuts = { starts: number[]; ends: number[] }
const none: Cuts = { starts: [], ends: [] }

function labels(cuts: Cuts, from: number, to: number, most = 9, short = false): string[] {
  const removed = (t: number) =>
    cuts.starts.reduce((sum, s, i) => sum + Math.max(Math.min(t, cuts.ends[i] ?? s) - s, 0), 0)
  const x = (t: number) => t - removed(t)
  const ticks: number[] = ticker(cuts.starts, cuts.ends, most, { start: x(from), end: x(to) })
  expect(ticks).toEqual([...ticks].sort((a, b) => a - b))
  return ticks.map((tick) => label(cuts.starts, cuts.ends, short, tick, ticks))
}

const at = (text: string) => Date.parse(`${text}Z`)

test("a week of FX is labelled by its days, the weekend missing", () => {
  const weekend = { starts: [at("2014-05-02T21:00")], ends: [at("2014-05-04T21:00")] }

  expect(labels(weekend, at("2014-05-01T00:00"), at("2014-05-08T00:00"))).toEqual([
    "1 May\n2014 UTC",
    "2 May",
    "5 May",
    "6 May",
    "7 May",
    "8 May",
  ])
})

test("a day is labelled by its hours and says the date once", () => {
  expect(labels(none, at("2014-05-01T00:00"), at("2014-05-02T06:00"))).toEqual([
    "00:00\n1 May 2014 UTC",
    "04:00",
    "08:00",
    "12:00",
    "16:00",
    "20:00",
    "00:00\n2 May",
    "04:00",
  ])
})

test("a first date with its year gives way to one right after it", () => {
  expect(labels(none, at("2014-05-01T23:00"), at("2014-05-02T07:00")).slice(0, 3)).toEqual([
    "23:00",
    "00:00\n2 May 2014 UTC",
    "01:00",
  ])
})

test("an exchange's days are labelled where they open", () => {
  const nights: Cuts = { starts: [], ends: [] }
  for (let day = at("2014-05-05T00:00"); day < at("2014-05-09T00:00"); day += DAY) {
    nights.starts.push(day + 20 * HOUR)
    nights.ends.push(day + DAY + 13.5 * HOUR)
  }

  expect(labels(nights, at("2014-05-05T13:30"), at("2014-05-09T20:00"))).toEqual([
    "6 May\n2014 UTC",
    "7 May",
    "8 May",
    "9 May",
  ])
})

test("two days of an exchange are labelled by the hours in which it is open", () => {
  const night = { starts: [at("2014-05-05T20:00")], ends: [at("2014-05-06T13:30")] }

  expect(labels(night, at("2014-05-05T13:30"), at("2014-05-06T20:00"))).toEqual([
    "14:00\n5 May 2014 UTC",
    "16:00",
    "18:00",
    "14:00\n6 May",
    "16:00",
    "18:00",
    "20:00",
  ])
})

test("a year is labelled by its months", () => {
  expect(labels(none, at("2013-10-01T00:00"), at("2014-04-15T00:00"))).toEqual([
    "Oct\n2013 UTC",
    "Nov",
    "Dec",
    "Jan\n2014",
    "Feb",
    "Mar",
    "Apr",
  ])
})

test.each([10 * 1e3, 60e3, HOUR, 7 * HOUR, 3 * DAY, 40 * DAY, 800 * DAY, 9000 * DAY])(
  "a range of %d ms has two to nine labels",
  (range) => {
    const shown = labels(none, at("2014-05-01T00:13"), at("2014-05-01T00:13") + range)

    expect(shown.length).toBeGreaterThanOrEqual(2)
    expect(shown.length).toBeLessThanOrEqual(9)
  },
)

test("a small chart gets fewer labels", () => {
  const shown = labels(none, at("2014-05-01T00:00"), at("2014-05-02T06:00"), 4)

  expect(shown).toEqual(["00:00\n1 May 2014 UTC", "12:00", "00:00\n2 May"])
})

test("short labels have one line: the date stands where it changes", () => {
  const shown = labels(none, at("2014-05-01T12:00"), at("2014-05-02T18:00"), 4, true)

  expect(shown).toEqual(["12:00", "2 May", "12:00"])
})

test("short labels of a long range are dates", () => {
  expect(labels(none, at("2014-05-01T00:00"), at("2014-05-08T00:00"), 4, true)).toEqual([
    "2 May",
    "4 May",
    "6 May",
    "8 May",
  ])
})
