import { expect, test } from "vitest"
import { actionOf, chord, KEYS, type Pressed } from "../../src/player/keys"

const press = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...held,
})

test("arrows step, with Shift by bars, with Alt or Ctrl by events", () => {
  const held: Partial<Pressed>[] = [{}, { shiftKey: true }, { altKey: true }, { ctrlKey: true }]

  expect(held.map((one) => actionOf(press("ArrowRight", one)))).toEqual([
    "stepForward",
    "barForward",
    "eventForward",
    "eventForward",
  ])
})

test("a sign is the same key whether a layout needs Shift for it or not", () => {
  expect([true, false].map((shiftKey) => actionOf(press("?", { shiftKey })))).toEqual(["help", "help"])
  expect([true, false].map((shiftKey) => actionOf(press("+", { shiftKey })))).toEqual(["zoomIn", "zoomIn"])
})

test("f goes forwards and Shift F back", () => {
  expect([actionOf(press("f")), actionOf(press("F", { shiftKey: true }))]).toEqual(["fillForward", "fillBack"])
})

test("the browser's own keys are left to it", () => {
  const taken = [press("f", { ctrlKey: true }), press("r", { metaKey: true }), press("Tab"), press("ArrowUp")]

  expect(taken.map(actionOf)).toEqual([undefined, undefined, undefined, undefined])
})

test("no key does two things", () => {
  const names = KEYS.flatMap(({ keys }) => keys)

  expect(new Set(names).size).toBe(names.length)
})

test("every key of the table can be pressed", () => {
  const typed: Record<string, string> = { Space: " ", "←": "ArrowLeft", "→": "ArrowRight", Esc: "Escape", "−": "-" }
  for (const { keys } of KEYS) {
    for (const name of keys) {
      const parts = name.split(" ")
      const last = parts.at(-1) ?? ""
      const held = { shiftKey: parts.includes("Shift"), altKey: parts.includes("Alt"), ctrlKey: parts.includes("Ctrl") }

      expect(chord(press(typed[last] ?? last, held))).toBe(name)
    }
  }
})
