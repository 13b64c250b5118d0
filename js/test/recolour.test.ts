import { expect, test } from "vitest"
import { exchange, exchanged, recoloured } from "../src/model/recolour"

const light = { ink: "#000001", good: "#0000ff" }
const dark = { ink: "#fffff1", good: "#aaaaff" }
const toDark = exchange([light, dark], dark)
const toLight = exchange([light, dark], light)

test("a colour becomes the one of its role", () => {
  expect(exchanged("#0000ff", toDark)).toBe("#aaaaff")
})

test("the value of a property that could be a column is exchanged too", () => {
  expect(exchanged({ type: "value", value: "#000001" }, toDark)).toEqual({ type: "value", value: "#fffff1" })
})

test("a colour that is right already, a user's own, and no colour at all are left alone", () => {
  for (const value of ["#aaaaff", "#123456", "red", null, 3, { field: "colour" }]) {
    expect(exchanged(value, toDark)).toBeUndefined()
  }
})

test("dark and back is where it began", () => {
  const text = '{"a":"#0000ff","html":"<b style=color:#000001>"}'

  expect(recoloured(recoloured(text, toDark), toLight)).toBe(text)
})
