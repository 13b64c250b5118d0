/** Figures as the user reads them. What is not known is a dash. */

import type { MicroMoney, Micros, Points, Steps, SymbolMeta } from "./meta"

const SECOND = 1e6
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MINUS = "\u2212"
const UNKNOWN = "\u2013"

export function price(points: Points, symbol: SymbolMeta): string {
  return fixed(points / 10 ** symbol.digits, symbol.digits)
}

/** Units with thousands apart, without zeros at the end. */
export function quantity(steps: Steps, symbol: SymbolMeta): string {
  const [whole = "", part = ""] = fixed(steps / 10 ** symbol.quantity_digits, symbol.quantity_digits).split(".")
  const kept = part.replace(/0+$/, "")
  return apart(whole) + (kept && `.${kept}`)
}

/** Account money with two decimals. */
export function money(amount: MicroMoney): string {
  const text = fixed(Math.abs(amount) / 1e6, 2)
  // Less than half a cent below zero is not "minus nothing".
  const sign = amount < 0 && text !== "0.00" ? MINUS : ""
  return sign + apart(text)
}

/** The same with its sign, also a plus. */
export function signedMoney(amount: MicroMoney): string {
  const text = money(amount)
  return amount > 0 && text !== "0.00" ? `+${text}` : text
}

/** "2024-01-05 12:31:07.250"; microseconds where there are any. */
export function clock(ts: Micros): string {
  if (!Number.isFinite(ts)) return UNKNOWN
  const ms = Math.floor(ts / 1000)
  const us = ts - ms * 1000
  const text = new Date(ms).toISOString().slice(0, 23).replace("T", " ")
  return us ? text + String(us).padStart(3, "0") : text
}

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/

/**
 * The instant that was typed, or null: "2024-01-05", "2024-01-05 12:31", "12:31:07", "12:31:07.250125".
 *
 * A time alone means the day of `near`, or else the first day of the run that has it. A date outside of the run is
 * read as it stands: whoever asks says so to the user.
 */
export function parseTime(text: string, start: Micros, end: Micros, near?: Micros): Micros | null {
  const words = text
    .trim()
    .replace(/\s*(z|utc)$/i, "")
    .split(/[ t]+/i)
  if (words.length === 0 || words.length > 2) return null
  const [first = "", second] = words
  const day = dayOf(first)
  if (day !== null) {
    const time = second === undefined ? 0 : timeOf(second)
    return time === null ? null : day + time
  }
  const time = second === undefined ? timeOf(first) : null
  if (time === null) return null
  if (near !== undefined) return floor(near) + time
  const ts = floor(start) + time
  return ts < start && ts + DAY <= end ? ts + DAY : ts
}

function dayOf(text: string): Micros | null {
  const [, year, month, day] = DATE.exec(text)?.map(Number) ?? []
  if (year === undefined || month === undefined || day === undefined) return null
  const ms = Date.UTC(year, month - 1, day)
  // The 31st of February is a mistake, not the 2nd of March.
  return new Date(ms).getUTCDate() === day && new Date(ms).getUTCMonth() === month - 1 ? ms * 1000 : null
}

function timeOf(text: string): number | null {
  const [, hour, minute, second = "0", part = ""] = TIME.exec(text) ?? []
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  return Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * SECOND + Number(part.padEnd(6, "0"))
}

function floor(ts: Micros): Micros {
  return Math.floor(ts / DAY) * DAY
}

function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits).replace("-", MINUS) : UNKNOWN
}

function apart(number: string): string {
  return number.replace(/\d(?=(\d{3})+(\.|$))/g, "$&,")
}
