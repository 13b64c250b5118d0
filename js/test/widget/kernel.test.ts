import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Channel } from "../../src/widget/channel"
import { isBlockOf, KernelBlocks, type Limits } from "../../src/widget/kernel"
import { type Answer, type Ask, BUSY, GONE } from "../../src/widget/talk"
import { answerOf, Kernel, META, packed } from "./blocks"

let kernel: Kernel
let blocks: KernelBlocks

function open(limits: Partial<Limits> = {}): void {
  kernel = new Kernel()
  blocks = new KernelBlocks(new Channel<Ask, Answer>(kernel), META, limits)
}

/** What was asked for is sent in the microtask after this one. */
const turn = () => Promise.resolve()

beforeEach(() => {
  open()
})
afterEach(() => {
  vi.useRealTimers()
})

test("what is asked for in one turn travels in one message, each key once", async () => {
  void blocks.load("bars/0/1m/0")
  void blocks.load("ticks/0/3")
  void blocks.load("bars/0/1m/0")
  await turn()

  expect(kernel.asked).toEqual([{ kind: "blocks", keys: ["bars/0/1m/0", "ticks/0/3"] }])
})

test("the strategy's variables, which may take long, are asked for after the rest", async () => {
  void blocks.load("variables/2")
  void blocks.load("ticks/0/3")
  await turn()

  expect(kernel.asked).toEqual([
    { kind: "blocks", keys: ["ticks/0/3"] },
    { kind: "blocks", keys: ["variables/2"] },
  ])
})

test("a block that came is at hand, and nobody is asked again", async () => {
  const loading = blocks.load("bars/0/1m/0")
  await turn()
  kernel.sends({ "bars/0/1m/0": packed({ open: [1, 2, 3] }) })

  expect([...((await loading).columns.open ?? [])]).toEqual([1, 2, 3])
  expect(blocks.get("bars/0/1m/0")).toBe(await blocks.load("bars/0/1m/0"))
  expect(kernel.asked.length).toBe(1)
})

test("a block the kernel cannot make says why; the others of the message are there", async () => {
  const [bars, ticks] = [blocks.load("bars/0/1m/0"), blocks.load("ticks/0/3")]
  await turn()
  kernel.sends({ "bars/0/1m/0": packed({ open: [1] }), "ticks/0/3": "the ticks are gone" })

  await expect(ticks).rejects.toThrow("the ticks are gone")
  await bars
  expect([blocks.failure("ticks/0/3"), blocks.failure("bars/0/1m/0"), blocks.trouble]).toEqual([
    "the ticks are gone",
    undefined,
    null,
  ])
})

test("a block that failed is asked for again only after a while", async () => {
  vi.useFakeTimers()
  const first = blocks.load("ticks/0/3")
  await turn()
  kernel.sends({ "ticks/0/3": "the ticks are gone" })
  await expect(first).rejects.toThrow()
  await expect(blocks.load("ticks/0/3")).rejects.toThrow("the ticks are gone")
  const asked = kernel.asked.length
  vi.advanceTimersByTime(5000)
  void blocks.load("ticks/0/3")
  await turn()

  expect([asked, kernel.asked.length]).toEqual([1, 2])
})

test("bytes that are no block are told as a reason, not thrown about", async () => {
  const loading = blocks.load("ticks/0/3")
  await turn()
  kernel.sends({ "ticks/0/3": Uint8Array.from([1, 2, 3]) })

  await expect(loading).rejects.toThrow("what the kernel sent cannot be read")
})

test("a silent kernel counts as busy after a moment, until it answers", async () => {
  vi.useFakeTimers()
  const heard = vi.fn()
  blocks.onChange(heard)
  void blocks.load("ticks/0/3")
  await turn()
  vi.advanceTimersByTime(1400)
  const early = blocks.trouble
  vi.advanceTimersByTime(200)
  const late = blocks.trouble
  kernel.sends({ "ticks/0/3": packed({ ts: [1] }) })

  expect([early, late, blocks.trouble]).toEqual([null, BUSY, null])
  expect(heard).toHaveBeenCalledTimes(2)
})

test("a kernel that ended while it was asked is noticed by asking again", async () => {
  vi.useFakeTimers()
  const loading = blocks.load("ticks/0/3")
  await turn()
  kernel.gone = true
  vi.advanceTimersByTime(1600)

  await expect(loading).rejects.toThrow(GONE)
  expect(blocks.trouble).toBe(GONE)
})

test("without a kernel what is at hand stays, and the rest is refused with the way out", async () => {
  await blocks.take(...unasked({ "bars/0/1m/0": packed({ open: [1] }) }))
  kernel.gone = true
  const loading = blocks.load("ticks/0/3")

  await expect(loading).rejects.toThrow(GONE)
  expect([blocks.trouble, blocks.failure("ticks/0/3")]).toEqual([GONE, GONE])
  expect(blocks.get("bars/0/1m/0")).toBeDefined()
})

test("a kernel that is back is heard", async () => {
  vi.useFakeTimers()
  kernel.gone = true
  await expect(blocks.load("ticks/0/3")).rejects.toThrow(GONE)
  kernel.gone = false
  vi.advanceTimersByTime(5000)
  const loading = blocks.load("ticks/0/3")
  await turn()
  kernel.sends({ "ticks/0/3": packed({ ts: [7] }) })

  expect([...((await loading).columns.ts ?? [])]).toEqual([7])
  expect(blocks.trouble).toBe(null)
})

test("a question the kernel does not understand is answered with its reason", async () => {
  const loading = blocks.load("ticks/0/3")
  await turn()
  kernel.say({ kind: "error", asked: "blocks", error: "page and kernel differ in version" })

  await expect(loading).rejects.toThrow("differ in version")
})

test("the least recently used blocks go when there are too many bytes; those a replay stands on stay", async () => {
  open({ bytes: 3 * (3 * 8 + 64) })
  const block = packed({ open: [1, 2, 3] })
  await blocks.take(...unasked({ events: block, "bars/0/1m/0": block, "bars/0/1m/1": block }))
  blocks.get("bars/0/1m/0")
  await blocks.take(...unasked({ "bars/0/5m/0": block }))
  await blocks.take(...unasked({ "ticks/0/0": block }))

  const keys = ["events", "bars/0/1m/0", "bars/0/1m/1", "bars/0/5m/0", "ticks/0/0"]
  expect(keys.filter((key) => blocks.get(key))).toEqual(["events", "bars/0/1m/0", "bars/0/5m/0", "ticks/0/0"])
})

test("a run has the blocks its meta tells of", () => {
  const keys = ["events", "bars/0/1m/2", "bars/0/1m/3", "bars/0/4h/0", "values/0/5m/0", "ticks/0/99", "variables/0"]

  expect(keys.map((key) => isBlockOf(META, key))).toEqual([true, true, false, false, true, true, true])
  expect(isBlockOf(META, "variables/ticks/0/0")).toBe(false)
})

test("closed, it waits for nothing and listens no more", async () => {
  vi.useFakeTimers()
  const loading = blocks.load("ticks/0/3")
  await turn()
  blocks.close()
  vi.advanceTimersByTime(5000)

  await expect(loading).rejects.toThrow("closed")
  expect([kernel.asked.length, vi.getTimerCount(), blocks.trouble]).toEqual([1, 0, null])
})

function unasked(sent: Record<string, Uint8Array>): [ReturnType<typeof answerOf>[0]["blocks"], DataView] {
  const [message, bytes] = answerOf(sent)
  return [message.blocks, bytes]
}
