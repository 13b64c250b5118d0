/** Bytes of a message to columns. */

import type { Packed } from "./messages"

export type Column = Float64Array | string[]

/** The columns of one source. Copies: a message's bytes need not start at a multiple of eight. */
export function unpack(packed: Record<string, Packed>, bytes: DataView): Record<string, Column> {
  const columns: Record<string, Column> = {}
  for (const [name, where] of Object.entries(packed)) {
    columns[name] = Array.isArray(where) ? where : floats(bytes, where.at, where.count)
  }
  return columns
}

function floats(bytes: DataView, at: number, count: number): Float64Array {
  return new Float64Array(copy(bytes, at, count * 8))
}

export function copy(bytes: DataView, at: number, length: number): ArrayBuffer {
  const start = bytes.byteOffset + at
  return bytes.buffer.slice(start, start + length) as ArrayBuffer
}
