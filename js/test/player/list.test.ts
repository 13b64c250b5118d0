// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { LongList, ROW } from "../../src/player/list"

let grow = () => {}

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(call: () => void) {
        grow = call
      }
      observe() {}
      disconnect() {}
    },
  )
})
afterEach(() => vi.unstubAllGlobals())

/** A list of `count` items of which `seen` rows are seen; jsdom lays nothing out, so heights are given. */
function listOf(count: number, seen: number): { list: LongList; filled: number[]; chosen: number[] } {
  const filled: number[] = []
  const chosen: number[] = []
  const list = new LongList({
    label: "Events",
    make: () => undefined,
    fill: (row, index) => {
      filled.push(index)
      row.textContent = `item ${index}`
    },
    choose: (index) => {
      chosen.push(index)
      list.follow(index)
    },
  })
  Object.defineProperty(list.element, "clientHeight", { value: seen * ROW })
  list.reset(count)
  grow()
  filled.length = 0
  return { list, filled, chosen }
}

const rowOf = (list: LongList, text: string) =>
  [...list.element.querySelectorAll<HTMLElement>(".btl-p-row")].find((row) => row.textContent === text)

test("of 100,000 items only those that are seen are in the page, also far down", () => {
  const { list, filled } = listOf(100_000, 10)
  list.follow(77_777)

  expect(list.element.querySelectorAll(".btl-p-row").length).toBe(14)
  expect(filled.length).toBeLessThanOrEqual(14)
  expect(rowOf(list, "item 77777")?.getAttribute("aria-selected")).toBe("true")
})

test("moving on by one fills the two rows whose marks changed, not all", () => {
  const { list, filled } = listOf(100_000, 10)
  list.follow(3)
  filled.length = 0
  list.follow(4)

  expect(filled.sort()).toEqual([3, 4])
})

test("a click chooses the item under it", () => {
  const { list, chosen } = listOf(100, 10)
  rowOf(list, "item 5")?.click()

  expect(chosen).toEqual([5])
})

test("the arrows walk through the items and keep their keys to themselves", () => {
  const { list, chosen } = listOf(100, 10)
  const outside = vi.fn()
  document.body.append(list.element)
  document.body.addEventListener("keydown", outside)
  list.follow(5)
  for (const key of ["ArrowDown", "ArrowUp", "PageDown", "Enter"])
    list.element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }))

  expect(chosen).toEqual([6, 5, 14, 14])
  expect(outside).not.toHaveBeenCalled()
})

test("screen readers are told where in the whole list a row is, and which is the current one", () => {
  const { list } = listOf(100, 10)
  list.follow(7)
  const row = rowOf(list, "item 7")

  expect([row?.getAttribute("aria-posinset"), row?.getAttribute("aria-setsize")]).toEqual(["8", "100"])
  expect(list.element.getAttribute("aria-activedescendant")).toBe(row?.id)
})

test("the list stays where the user has scrolled it", () => {
  const { list } = listOf(100_000, 10)
  list.element.dispatchEvent(new Event("wheel"))
  list.element.scrollTop = 500 * ROW
  list.follow(4)

  expect(list.element.scrollTop).toBe(500 * ROW)
})
