import { expect, test } from "vitest"
import type { Frame } from "../../src/model/frame"
import { noteOf, type Situation } from "../../src/player/note"

const AT = Date.UTC(2024, 0, 5, 12, 31, 7, 250) * 1000
const frame = (exact: boolean) => ({ ts: exact ? AT : AT - 7_250_000, exact }) as Frame

const situation = (changes: Partial<Situation>): Situation => ({
  asked: { ts: AT, taken: null },
  shown: frame(true),
  kind: "capsule",
  ticks: "around",
  loading: false,
  failure: undefined,
  trouble: null,
  ...changes,
})

test("nothing is said when all is as it was asked for", () => {
  expect(noteOf(situation({}))).toBe(null)
})

test("a page without the ticks of a bar says what it shows instead", () => {
  expect(noteOf(situation({ shown: frame(false) }))).toBe(
    "this page has ticks around events only; shown as of 2024-01-05 12:31:00.000",
  )
  expect(noteOf(situation({ shown: frame(false), ticks: "none" }))).toBe(
    "no ticks in this page; shown as of 2024-01-05 12:31:00.000",
  )
})

test("at the same instant it is the ticks of that instant that are left out", () => {
  expect(noteOf(situation({ shown: { ...frame(true), exact: false } }))).toMatch(
    /; shown before the ticks of 2024-01-05 12:31:07.250$/,
  )
})

test("ticks on their way are being loaded", () => {
  expect(noteOf(situation({ shown: frame(false), kind: "kernel", ticks: "all", loading: true }))).toBe(
    "loading the ticks at 2024-01-05 12:31:07.250; shown as of 2024-01-05 12:31:00.000",
  )
})

test("a reason goes before loading, and trouble with the kernel before both", () => {
  const failed = situation({ shown: frame(false), loading: true, failure: "the store has moved" })

  expect(noteOf(failed)).toMatch(/^the store has moved; shown as of/)
  expect(noteOf({ ...failed, trouble: "no kernel: run the cell again" })).toMatch(
    /^no kernel: run the cell again; shown/,
  )
})

test("trouble is told even where everything is at hand", () => {
  expect(noteOf(situation({ trouble: "the kernel is busy" }))).toBe("the kernel is busy")
})
