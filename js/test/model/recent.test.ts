import { expect, test } from "vitest"
import { Recent } from "../../src/model/recent"

test("what was used longest ago goes first", () => {
  const recent = new Recent<string>(30)
  for (const key of ["a", "b", "c"]) recent.put(key, key, 10)
  recent.get("a")
  recent.put("d", "d", 10)

  expect(["a", "b", "c", "d"].map((key) => recent.get(key))).toEqual(["a", undefined, "c", "d"])
})

test("what weighs nothing stays, and so does the newest however heavy", () => {
  const recent = new Recent<string>(30)
  recent.put("index", "index", 0)
  recent.put("a", "a", 10)
  recent.put("large", "large", 99)

  expect(["index", "a", "large"].map((key) => recent.get(key))).toEqual(["index", undefined, "large"])
})

test("the same key put again weighs once", () => {
  const recent = new Recent<string>(30)
  recent.put("a", "a", 10)
  for (let i = 0; i < 5; i++) recent.put("b", `b${i}`, 20)

  expect(["a", "b"].map((key) => recent.get(key))).toEqual(["a", "b4"])
})
