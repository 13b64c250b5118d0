import { expect, test } from "vitest"
import type { Meta } from "../../src/model/meta"
import { Sights } from "../../src/player/sights"

const meta = (indicators: string[] = []): Meta =>
  ({
    shown: ["1m", "5m", "1h"],
    base: "1m",
    start: 0,
    end: 3_600_000_000,
    indicators: indicators.map((timeframe) => ({ timeframe })),
  }) as unknown as Meta

test("it opens on the timeframe that most indicators are of, else on the second", () => {
  expect([new Sights(meta(["1h", "5m", "1h"])).focus, new Sights(meta()).focus]).toEqual(["1h", "5m"])
})

test("zoom belongs to its timeframe and comes back with it", () => {
  const sights = new Sights(meta())
  sights.zoom(null, 0.5, 0.5)
  const zoomed = sights.view(null).bars["5m"]
  sights.choose("1h")
  const other = sights.view(null).bars["1h"]
  sights.choose("5m")

  expect([zoomed, other, sights.view(null).bars["5m"]]).toEqual([55, 110, 55])
})

test("a small chart's zoom leaves the large one alone", () => {
  const sights = new Sights(meta())
  sights.zoom("1h", 2, 0.5)
  const { bars } = sights.view(null)

  expect([bars["5m"], bars["1h"]]).toEqual([110, 92])
})

test("panning stays until the cursor moves out of sight", () => {
  const sights = new Sights(meta())
  const usual = sights.view(null).anchor
  sights.pan(-0.3)
  sights.follow()
  const panned = sights.view(null).anchor
  sights.pan(2)
  sights.follow()

  expect(panned).toBeCloseTo(usual - 0.3)
  expect(sights.view(null).anchor).toBe(usual)
})

test("showing the future makes room for it, but not where the user has put the cursor", () => {
  const sights = new Sights(meta())
  const before = sights.view(null).anchor
  sights.turnFuture()
  const with_ = sights.view(null).anchor
  sights.pan(0.1)
  sights.turnFuture()

  expect(with_).toBeLessThan(before)
  expect(sights.view(null).anchor).toBeCloseTo(with_ + 0.1)
  expect(sights.future).toBe("hidden")
})

test("there is nothing shorter than the shortest timeframe", () => {
  const sights = new Sights(meta())
  sights.choose("1m")

  expect([sights.neighbour(-1), sights.neighbour(1), sights.choose(sights.neighbour(-1))]).toEqual([
    undefined,
    "5m",
    false,
  ])
})
