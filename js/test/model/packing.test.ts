import { expect, test } from "vitest"
import { unpack } from "../../src/model/packing"
import { pack, zipped } from "./pack"

const MOST = 2 ** 52 - 1

test("a column comes back as it was, whatever its order, width and unit", async () => {
  const values = [1_704_067_200_000_000, 1_704_067_200_250_000, 1_704_067_199_000_000, 1_704_067_260_000_000]
  for (const order of [0, 1, 2] as const) {
    for (const unit of [1, 1000]) {
      const { columns } = await unpack(pack({ ts: values }, {}, { ts: { order, unit } }))

      expect([...(columns.ts ?? [])]).toEqual(values)
    }
  }
})

test("numbers up to 2^52 and below zero are exact", async () => {
  const values = [0, -1, 1, MOST, -MOST, -128, 128, 2 ** 33]

  expect([...((await unpack(pack({ price: values }))).columns.price ?? [])]).toEqual(values)
})

test("missing values are NaN, and differences go from one value that is there to the next", async () => {
  const values = [Number.NaN, 5, Number.NaN, 3, 3, Number.NaN]
  for (const order of [0, 1, 2] as const) {
    const { columns } = await unpack(pack({ v: values }, {}, { v: { order, width: 1 } }))

    expect([...(columns.v ?? [])]).toEqual(values)
  }
})

test("columns of one block may differ in length and width, and plain values stand beside them", async () => {
  const how = { a: { width: 1 }, b: { width: 3 } }
  const { columns, plain } = await unpack(pack({ a: [1, 2, 3], b: [70_000], none: [] }, { head: null, n: 7 }, how))

  expect(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, [...values]]))).toEqual({
    a: [1, 2, 3],
    b: [70_000],
    none: [],
  })
  expect(plain).toEqual({ head: null, n: 7 })
})

test("bytes that are no block, or end early, are refused", async () => {
  await expect(unpack(Uint8Array.from([1, 2, 3]))).rejects.toThrow()
  const header = new TextEncoder().encode('{"columns":{"a":[0,9,1,0,0,1]}}')
  await expect(unpack(zipped([header.length, 0, 0, 0, ...header, 1, 2]))).rejects.toThrow("ends before its last row")
})

test("a browser that cannot unpack is told so", async () => {
  const there = globalThis.DecompressionStream
  try {
    Object.assign(globalThis, { DecompressionStream: undefined })
    await expect(unpack(pack({ a: [1] }))).rejects.toThrow("this browser cannot unpack the replay's data")
  } finally {
    Object.assign(globalThis, { DecompressionStream: there })
  }
})
