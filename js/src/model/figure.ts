/** A figure's JSON with its arrays put back in. */

import { copy } from "./columns"

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** A Bokeh document as it travels; nothing else of it matters here. */
export interface DocumentJson {
  version: string
  roots: { id: string }[]
}

/** Parse a figure; wherever it says `{"type": "bytes", "data": {at, length}}`, put those bytes. */
export function parseFigure(text: string, bytes: DataView): DocumentJson {
  return withBytes(JSON.parse(text), bytes) as DocumentJson
}

function withBytes(value: Json, bytes: DataView): unknown {
  if (Array.isArray(value)) return value.map((item) => withBytes(item, bytes))
  if (value === null || typeof value !== "object") return value
  const data = value.data
  if (value.type === "bytes" && isPlace(data)) {
    // BokehJS takes an array's whole buffer, so it must hold nothing else.
    return { type: "bytes", data: new Uint8Array(copy(bytes, data.at, data.length)) }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBytes(item, bytes)]))
}

function isPlace(value: Json | undefined): value is { at: number; length: number } {
  return value !== null && typeof value === "object" && !Array.isArray(value) && typeof value?.at === "number"
}
