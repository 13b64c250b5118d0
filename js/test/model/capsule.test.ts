import { expect, test } from "vitest"
import { openCapsule } from "../../src/model/capsule"
import { littleEndian, pack } from "./pack"

function capsule(blocks: Record<string, Uint8Array>, version = 1): Uint8Array<ArrayBuffer> {
  const places: Record<string, [number, number]> = {}
  let at = 0
  for (const [key, block] of Object.entries(blocks)) {
    places[key] = [at, block.length]
    at += block.length
  }
  const header = new TextEncoder().encode(JSON.stringify({ version, meta: { name: "Trend" }, blocks: places }))
  const magic = new TextEncoder().encode("BTLC")
  return Uint8Array.from(
    [magic, littleEndian(BigInt(header.length), 4), header, ...Object.values(blocks)].flatMap((part) => [...part]),
  )
}

const two = () => capsule({ events: pack({ ts: [1, 2] }), orders: pack({ id: [7] }) })

test("blocks are there by their keys once they were asked for", async () => {
  const { meta, blocks } = openCapsule(two())
  let changes = 0
  const end = blocks.onChange(() => changes++)

  expect(meta.name).toBe("Trend")
  expect([blocks.has("orders"), blocks.has("ticks/0/0"), blocks.get("orders")]).toEqual([true, false, undefined])
  expect([...((await blocks.load("orders")).columns.id ?? [])]).toEqual([7])
  expect(blocks.get("orders")?.columns.id?.length).toBe(1)
  expect(changes).toBe(1)
  end()
  await blocks.load("events")
  expect(changes).toBe(1)
})

test("a block that is asked for twice is unpacked once", async () => {
  const { blocks } = openCapsule(two())

  const [first, second] = await Promise.all([blocks.load("events"), blocks.load("events")])
  expect(first).toBe(second)
})

test("what was not looked at for longest makes room", async () => {
  const { blocks } = openCapsule(
    capsule({ a: pack({ v: [1, 2] }), b: pack({ v: [3, 4] }), c: pack({ v: [5, 6] }) }),
    32,
  )

  await blocks.load("a")
  await blocks.load("b")
  blocks.get("a")
  await blocks.load("c")
  expect(["a", "b", "c"].map((key) => blocks.get(key) !== undefined)).toEqual([true, false, true])
  expect([...((await blocks.load("b")).columns.v ?? [])]).toEqual([3, 4])
})

test("a block that is not there, or cannot be read, says why", async () => {
  const { blocks } = openCapsule(capsule({ events: Uint8Array.from([1, 2, 3]) }))

  await expect(blocks.load("ticks/0/0")).rejects.toThrow("written without it")
  await expect(blocks.load("events")).rejects.toThrow("events of this page cannot be read")
  expect(blocks.failure("events")).toContain("write the page again")
  expect(blocks.failure("orders")).toBeUndefined()
})

test("what is no capsule, cut short or of a later version is refused in a sentence", () => {
  const whole = two()

  expect(() => openCapsule(Uint8Array.from([1, 2, 3, 4, 5]))).toThrow("does not begin with BTLC")
  for (const length of [4, 6, 20, whole.length - 1]) {
    expect(() => openCapsule(whole.slice(0, length))).toThrow(`cut short at ${length} bytes`)
  }
  expect(() => openCapsule(capsule({}, 3))).toThrow("has version 3, and this page reads up to 1")
})
