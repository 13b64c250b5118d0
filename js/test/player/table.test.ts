// @vitest-environment jsdom
import { expect, test } from "vitest"
import { Table } from "../../src/player/table"

const texts = (table: Table) =>
  [...table.element.querySelectorAll<HTMLElement>(".btl-p-line:not(.btl-p-heads)")]
    .filter((line) => !line.hidden)
    .map((line) => [...line.querySelectorAll("[role=cell]")].map((cell) => cell.textContent))

test("another value changes the text that is there, and nothing else of the page", () => {
  const table = new Table("Account", ["", ""], "")
  table.fill([{ cells: [{ text: "Equity" }, { text: "100.00" }] }])
  const node = table.element.querySelectorAll("[role=cell]")[1]?.firstChild
  table.fill([{ cells: [{ text: "Equity" }, { text: "99.50" }] }])

  expect(node?.textContent).toBe("99.50")
  expect(node && table.element.contains(node)).toBe(true)
})

test("rows that are gone are hidden and used again; without any it says so", () => {
  const table = new Table("Positions", ["position", "entry"], "no open position")
  const line = (text: string) => ({ cells: [{ text }, { text: "1.1" }], below: `since ${text}` })
  table.fill([line("a"), line("b")])
  table.fill([])
  const empty = table.element.querySelector<HTMLElement>(".btl-p-empty")?.hidden
  const none = texts(table)
  table.fill([line("c")])

  expect([empty, none]).toEqual([false, []])
  expect(texts(table)).toEqual([["c", "1.1", "since c"]])
  expect(table.element.querySelectorAll(".btl-p-line").length).toBe(3)
})

test("a row that leads somewhere goes there by mouse and by Enter, and is in reach of Tab", () => {
  const went: string[] = []
  const table = new Table("Orders", ["", ""], "")
  table.fill([{ cells: [{ text: "a" }], choose: () => went.push("first") }])
  table.fill([{ cells: [{ text: "b" }], choose: () => went.push("second") }])
  const row = table.element.querySelector<HTMLElement>(".btl-p-line[data-choose]")
  row?.click()
  row?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }))

  expect([went, row?.tabIndex]).toEqual([["second", "second"], 0])
})
