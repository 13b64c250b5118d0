import { expect, test } from "vitest"
import { unpack } from "../src/model/columns"
import { parseFigure } from "../src/model/figure"

/** Bytes that begin at an odd place of a larger buffer, as a message's do. */
function message(...values: number[]): DataView {
  const bytes = new Uint8Array(new Float64Array(values).buffer)
  const buffer = new Uint8Array(bytes.length + 3)
  buffer.set(bytes, 3)
  return new DataView(buffer.buffer, 3)
}

test("a column's values are read from wherever its bytes lie", () => {
  const columns = unpack({ x: { at: 8, count: 2 }, side: ["LONG", "SHORT"] }, message(1, 2.5, -3))

  expect(columns).toEqual({ x: new Float64Array([2.5, -3]), side: ["LONG", "SHORT"] })
})

test("a figure's arrays get a buffer that holds nothing else", () => {
  const text = '{"roots":[{"id":"p1","x":{"type":"ndarray","array":{"type":"bytes","data":{"at":8,"length":16}}}}]}'

  const root = parseFigure(text, message(9, 1, 2)).roots[0] as unknown as { x: { array: { data: Uint8Array } } }

  expect(new Float64Array(root.x.array.data.buffer)).toEqual(new Float64Array([1, 2]))
})

test("everything else of a figure stays as it is", () => {
  const figure = { version: "3", roots: [{ id: "p1", list: [1, null, "a", { at: 3 }], data: { at: 1, length: 2 } }] }

  expect(parseFigure(JSON.stringify(figure), message())).toEqual(figure)
})
