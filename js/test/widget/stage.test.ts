// @vitest-environment jsdom

import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { QUIET_AFTER } from "../../src/widget/output"
import * as script from "../../src/widget/script"
import stage, { loadStage } from "../../src/widget/stage"
import { type Answer, WAITING } from "../../src/widget/talk"

// jsdom unpacks nothing and imports no blob: here the text is plain, and the module says which text it is of.
vi.mock("../../src/widget/script", () => ({
  unzip: vi.fn(async (bytes: DataView) => new TextDecoder().decode(bytes)),
  importScript: vi.fn(async (text: string) => {
    const render = ({ el }: { el: HTMLElement }) => {
      const made = document.createElement("p")
      made.textContent = text
      el.append(made)
      return () => made.remove()
    }
    return { default: { render } }
  }),
}))

const imported = vi.mocked(script.importScript)
const code = (text: string, style = "p {}") =>
  new DataView(new TextEncoder().encode(JSON.stringify({ script: text, style })).buffer)
const settle = () => new Promise((resolve) => setTimeout(resolve))

type Listener = (message: Answer, buffers: DataView[]) => void

class Model {
  asked: unknown[] = []
  listeners = new Set<Listener>()
  constructor(readonly version: string) {}
  get(name: string) {
    return name === "code" ? this.version : 820
  }
  send(message: unknown) {
    this.asked.push(message)
  }
  on(_event: string, listener: Listener) {
    this.listeners.add(listener)
  }
  off(_event: string, listener: Listener) {
    this.listeners.delete(listener)
  }
  answers(message: Answer, ...buffers: DataView[]) {
    for (const listener of [...this.listeners]) listener(message, buffers)
  }
}

// The shelf is the page's and lives as long as it: each test has its own version.
let count = 0
let version = ""

function shown(model = new Model(version)) {
  const el = document.createElement("div")
  return { model, el, end: stage.render({ model, el }) }
}

beforeEach(() => {
  version = `v${++count}`
  imported.mockClear()
  vi.spyOn(console, "warn").mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test("several players of one page ask once, and import once", async () => {
  const [one, two] = [shown(), shown()]
  one.model.answers({ kind: "code" }, code("a"))
  await settle()
  const three = shown()
  await settle()

  expect(one.model.asked).toEqual([{ kind: "code" }])
  expect([...two.model.asked, ...three.model.asked]).toEqual([])
  expect(imported).toHaveBeenCalledTimes(1)
  expect([one, two, three].map(({ el }) => el.querySelector("p")?.textContent)).toEqual(["a", "a", "a"])
})

test("another version is another module", async () => {
  const one = await loadStage(version, async () => code("a", "p { color: red }"))
  const other = await loadStage(`${version}+`, async () => code("b", "p { color: blue }"))
  const again = await loadStage(version, async () => code("c"))

  expect(again).toBe(one)
  expect([one.style, other.style]).toEqual(["p { color: red }", "p { color: blue }"])
  expect(other.render).not.toBe(one.render)
})

test("a failed try is said in its cell and not kept", async () => {
  const one = shown()
  one.model.answers({ kind: "error", asked: "code", error: "out of order" })
  await settle()
  const two = shown()
  two.model.answers({ kind: "code" }, code("a"))
  await settle()

  expect(one.el.textContent).toBe("the replay could not start: out of order")
  expect(one.el.querySelector(".btl-stage")).toBeNull()
  expect(two.el.querySelector("p")?.textContent).toBe("a")
})

test("who waits for another's try asks itself when that one is closed", async () => {
  const [one, two, three] = [shown(), shown(), shown()]
  one.end()
  await settle()
  two.model.answers({ kind: "code" }, code("a"))
  await settle()

  expect(two.model.asked).toEqual([{ kind: "code" }])
  expect(three.model.asked).toEqual([])
  expect(three.el.querySelector("p")?.textContent).toBe("a")
  expect(one.el.querySelector("p")).toBeNull()
})

test("who waits too long for another's try says so, and asks itself", async () => {
  vi.useFakeTimers()
  const [one, two] = [shown(), shown()]
  await vi.advanceTimersByTimeAsync(QUIET_AFTER)
  const said = [one, two].map(({ el }) => el.textContent)
  two.model.answers({ kind: "code" }, code("a"))
  await vi.advanceTimersByTimeAsync(0)

  expect(said).toEqual([WAITING, WAITING])
  expect(two.el.querySelector("p")?.textContent).toBe("a")
})

test("the style is in the element, before the player, and goes with it", async () => {
  const { model, el, end } = shown()
  const room = el.querySelector<HTMLElement>(".btl-stage")?.style.height
  model.answers({ kind: "code" }, code("a", "p { color: red }"))
  await settle()
  const inside = [...el.children].map(({ tagName, textContent }) => [tagName, textContent])
  end()

  expect(room).toBe("820px")
  expect(inside).toEqual([
    ["STYLE", "p { color: red }"],
    ["P", "a"],
  ])
  expect(el.children.length).toBe(0)
  expect(model.listeners.size).toBe(0)
})
