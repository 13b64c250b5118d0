// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest"
import { Keyboard } from "../../src/player/keyboard"
import type { Action } from "../../src/player/keys"

let root: HTMLElement
let done: Action[]
let outside: ReturnType<typeof vi.fn>

beforeEach(() => {
  document.body.replaceChildren()
  root = document.createElement("div")
  root.tabIndex = 0
  root.innerHTML = `<button></button><select><option>a</option></select><input>`
  document.body.append(root)
  done = []
  outside = vi.fn()
  const page = document.createElement("div")
  document.body.append(page)
  page.append(root)
  page.addEventListener("keydown", outside as EventListener)
  new Keyboard(root, (action) => {
    done.push(action)
    return action !== "clear"
  })
})

function press(key: string, where: Element = root, held: KeyboardEventInit = {}): boolean {
  return !where.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held }))
}

test("a key of the table acts, and neither page nor browser sees it", () => {
  const prevented = press(" ")

  expect([done, prevented]).toEqual([["play"], true])
  expect(outside).not.toHaveBeenCalled()
})

test("a letter without a meaning never reaches the page, where it could delete a cell", () => {
  const prevented = press("d")

  expect([done, prevented]).toEqual([[], false])
  expect(outside).not.toHaveBeenCalled()
})

test("the page's commands with Ctrl, and Tab, stay the page's", () => {
  press("s", root, { ctrlKey: true })
  press("Tab")

  expect(done).toEqual([])
  expect(outside).toHaveBeenCalledTimes(2)
})

test("Escape is the page's when there was nothing to close", () => {
  press("Escape")

  expect(done).toEqual(["clear"])
  expect(outside).toHaveBeenCalledTimes(1)
})

test("in a field or a list of choices keys write, on a button space presses it", () => {
  const [button, select, input] = [...root.children] as [Element, Element, Element]
  press("f", input)
  press("ArrowRight", select)
  press(" ", button)
  press("f", button)

  expect(done).toEqual(["fillForward"])
})

test("clicking a button leaves the keys with the player", () => {
  const button = root.firstElementChild as HTMLButtonElement
  const prevented = !button.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }))

  expect([prevented, document.activeElement]).toEqual([true, root])
})

test("a choice made with the mouse gives the keys back, one made with the keys does not", () => {
  const select = root.children[1] as HTMLSelectElement
  select.focus()
  press("ArrowDown", select)
  select.dispatchEvent(new Event("change", { bubbles: true }))
  const byKeys = document.activeElement
  select.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }))
  select.dispatchEvent(new Event("change", { bubbles: true }))

  expect([byKeys, document.activeElement]).toEqual([select, root])
})
