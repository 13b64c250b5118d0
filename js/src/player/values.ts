/** Panels of the indicators and of the strategy's own variables. */

import type { Frame } from "../model/frame"
import type { Meta } from "../model/meta"
import { Table } from "./table"

export class IndicatorTable {
  readonly table: Table
  #meta: Meta

  constructor(meta: Meta) {
    this.#meta = meta
    this.table = new Table("Indicators", ["", ""], "this strategy has no indicators")
  }

  /** Those of one symbol. */
  fill(frame: Frame, seen: number): void {
    const own = this.#meta.indicators.filter(({ symbol }) => symbol === seen)
    this.table.fill(
      own.map(({ name, label, symbol, digits }) => {
        const value = frame.indicators[symbol]?.[name]
        const text = typeof value === "number" ? signed(value.toFixed(digits)) : "–"
        return { cells: [{ text: titleOf(name, label), title: label }, { text }] }
      }),
    )
  }
}

/** What the strategy calls it and what it is; one that is called what it is has its arguments behind: "rsi (5m, 14)". */
export function titleOf(name: string, label: string): string {
  const [what = ""] = label.split("(")
  return (name === what ? `${name} ${label.slice(what.length)}` : `${name}  ${label}`).trimEnd()
}

export class VariableTable {
  readonly table: Table

  constructor(meta: Meta) {
    const none = meta.has.variables === "none"
    this.table = new Table("Variables", ["", ""], none ? "no variables here" : "not at hand yet")
  }

  fill(frame: Frame): void {
    const lines = Object.entries(frame.variables ?? {}).map(([name, value]) => {
      const text = valueText(value)
      return { cells: [{ text: name }, { text, title: text.length > 20 ? text : undefined }] }
    })
    this.table.fill(lines)
  }
}

const LONGEST = 8 // items of an array that are written out

/** A variable as a person writes it. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–"
  if (typeof value === "number") return signed(numberText(value))
  if (typeof value === "string") return value
  if (Array.isArray(value)) {
    const some = value.slice(0, LONGEST).map(valueText).join(", ")
    return value.length > LONGEST ? `[${some}, … ${value.length}]` : `[${some}]`
  }
  return typeof value === "boolean" ? String(value) : JSON.stringify(value)
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "nan"
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf"
  if (Number.isInteger(value)) return Math.abs(value) >= 1e6 ? value.toLocaleString("en") : String(value)
  const size = Math.abs(value)
  return size < 1e-4 || size >= 1e9 ? value.toPrecision(6) : String(Number(value.toPrecision(9)))
}

function signed(text: string): string {
  return text.startsWith("-") ? `−${text.slice(1)}` : text
}
