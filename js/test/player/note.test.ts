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
    "this page has the ticks around events only; what is shown is 2024-01-05 12:31:00.000, the latest before that is exact",
  )
  expect(noteOf(situation({ shown: frame(false), ticks: "none" }))).toBe(
    "no ticks in this page; what is shown is 2024-01-05 12:31:00.000, where a bar opens",
  )
})

test("ticks on their way are being loaded", () => {
  expect(noteOf(situation({ shown: frame(false), kind: "kernel", ticks: "all", loading: true }))).toBe(
    "loading the ticks at 2024-01-05 12:31:07.250; what is shown is 2024-01-05 12:31:00.000",
  )
})

test("a reason goes before loading, and trouble with the kernel before both", () => {
  const failed = situation({ shown: frame(false), loading: true, failure: "the store has moved" })

  expect(noteOf(failed)).toMatch(/^the store has moved; what is shown/)
  expect(noteOf({ ...failed, trouble: "no kernel: run the cell again" })).toMatch(
    /^no kernel: run the cell again; what/,
  )
})

test("trouble is told even where everything is at hand", () => {
  expect(noteOf(situation({ trouble: "the kernel is busy" }))).toBe("the kernel is busy")
})
