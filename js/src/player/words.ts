/** The journal in words: a row of the event log. */

import { price, quantity, signedMoney } from "../model/format"
import type { Meta, SymbolMeta } from "../model/meta"
import { sideSign } from "./signs"

type Columns = Record<string, Float64Array>

export interface EventWords {
  /** A sign besides colour. */
  sign: string
  kind: string
  detail: string
  tone: "good" | "bad" | "plain"
}

const KINDS: Record<string, [sign: string, kind: string]> = {
  SUBMITTED: ["·", "submitted"],
  REJECTED: ["✕", "rejected"],
  TRIGGERED: ["◇", "triggered"],
  MODIFIED: ["~", "modified"],
  REQUEST_REJECTED: ["✕", "request rejected"],
  PARTIAL_FILL: ["◐", "partial fill"],
  FILLED: ["●", "filled"],
  CANCELLED: ["○", "cancelled"],
  EXPIRED: ["○", "expired"],
  SWAP: ["±", "swap"],
  BOOKING: ["±", "booking"],
  LIMIT_BREACH: ["!", "limit breached"],
  STOP_OUT: ["!", "stop-out"],
  TRADING_STOPPED: ["!", "trading stopped"],
}

const REASONS: Record<string, string> = {
  NONE: "",
  USER: "by the strategy",
  QUANTITY: "quantity",
  SIDE: "wrong side of the price",
  FLAT: "nothing left to close",
  SIBLING: "the other exit filled",
  UNKNOWN: "order not working",
  END: "the run is over",
  TIF: "time in force",
  NO_RATE: "no rate",
  POST_ONLY: "post-only",
}

/** Groups to filter by, each with the kinds it lets through. */
export const FILTERS: readonly { name: string; label: string; kinds: readonly string[] | null }[] = [
  { name: "all", label: "all events", kinds: null },
  { name: "fills", label: "fills", kinds: ["FILLED", "PARTIAL_FILL"] },
  { name: "orders", label: "orders", kinds: ["SUBMITTED", "TRIGGERED", "MODIFIED", "CANCELLED", "EXPIRED"] },
  { name: "rejections", label: "rejections", kinds: ["REJECTED", "REQUEST_REJECTED"] },
  { name: "account", label: "account", kinds: ["BOOKING", "SWAP"] },
  { name: "risk", label: "limits", kinds: ["LIMIT_BREACH", "STOP_OUT", "TRADING_STOPPED"] },
]

/** Rows of the journal that a filter lets through. */
export function filtered(meta: Meta, kinds: Float64Array, allowed: readonly string[] | null): Float64Array {
  const pass = meta.codes.events.map((name) => allowed === null || allowed.includes(name))
  const rows = new Float64Array(kinds.length)
  let n = 0
  for (let row = 0; row < kinds.length; row++) if (pass[kinds[row] as number]) rows[n++] = row
  return rows.subarray(0, n)
}

export function eventWords(meta: Meta, events: Columns, row: number, orderOf: (id: number) => string): EventWords {
  const at = (name: string) => events[name]?.[row] ?? 0
  const code = meta.codes.events[at("kind")] ?? ""
  const [sign, kind] = KINDS[code] ?? ["·", plain(code)]
  const about = meta.symbols[at("symbol")]
  const reason = reasonWords(meta.codes.reasons[at("reason")] ?? "")
  const order = at("order") > 0 ? orderOf(at("order")) : ""
  const join = (...parts: string[]) => parts.filter(Boolean).join(", ")
  switch (code) {
    case "FILLED":
    case "PARTIAL_FILL":
      return { sign, ...(about ? fillWords(about, at("quantity"), at("price")) : { kind, detail: "" }), tone: "plain" }
    case "BOOKING":
    case "SWAP":
      return {
        sign,
        kind: code === "BOOKING" && reason ? reason : kind,
        detail: signedMoney(at("amount")),
        tone: at("amount") > 0 ? "good" : at("amount") < 0 ? "bad" : "plain",
      }
    case "REJECTED":
    case "REQUEST_REJECTED":
    case "LIMIT_BREACH":
    case "STOP_OUT":
    case "TRADING_STOPPED":
      return { sign, kind, detail: join(order, reason), tone: "bad" }
    default:
      return { sign, kind, detail: join(order, reason), tone: "plain" }
  }
}

function fillWords(about: SymbolMeta, steps: number, points: number): { kind: string; detail: string } {
  return { kind: `${steps < 0 ? "sold" : "bought"} ${quantity(Math.abs(steps), about)}`, detail: price(points, about) }
}

export function reasonWords(code: string): string {
  return REASONS[code] ?? plain(code)
}

/** "STOP_LOSS" is "stop-loss". */
export function plain(code: string): string {
  return code.toLowerCase().replaceAll("_", "-")
}

/** "▲ stop", "▼ take-profit": what an order is, in few words. */
export function orderWords(meta: Meta, side: number, type: number, role: number): string {
  const roles = meta.codes.roles[role] ?? ""
  const what = roles === "" || roles === "ENTRY" ? meta.codes.types[type] : roles
  return `${sideSign(side)} ${plain(what ?? "")}`
}
