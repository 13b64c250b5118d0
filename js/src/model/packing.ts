/** A block from its bytes (docs/reference/capsule.md). Python packs them: backtestr_lab/replay/packing.py. */

import type { Block } from "./blocks"
import type { Columns } from "./search"

/** Where a column's bytes start after the header, and how they are to be read. */
type Place = [at: number, count: number, width: number, order: number, missing: number, unit: number]

export async function unpack(packed: Uint8Array<ArrayBuffer>): Promise<Block> {
  const bytes = await inflated(packed)
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  const { columns: places, ...plain } = header as { columns: Record<string, Place> } & Record<string, unknown>
  const columns: Columns = {}
  for (const [name, place] of Object.entries(places)) columns[name] = read(bytes.subarray(4 + length), place)
  return { columns, plain }
}

async function inflated(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser cannot unpack the replay's data; use one from 2023 or later")
  }
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

function read(bytes: Uint8Array, [at, count, width, order, missing, unit]: Place): Float64Array {
  if (at + count * width > bytes.length) throw new Error("a column ends before its last row")
  const values = joined(bytes, at, count, width)
  for (let i = 0; i < count; i++) values[i] = signed((values[i] as number) - missing)
  for (let k = 0; k < order; k++) sum(values)
  if (unit !== 1) for (let i = 0; i < count; i++) values[i] = (values[i] as number) * unit
  return values
}

/** The unsigned numbers whose bytes are shuffled: all lowest ones first. Doubles, as 32 bits are too few. */
function joined(bytes: Uint8Array, at: number, count: number, width: number): Float64Array {
  const values = new Float64Array(count)
  let weight = 1
  for (let k = 0; k < width; k++) {
    const from = at + k * count
    for (let i = 0; i < count; i++) values[i] = (values[i] as number) + weight * (bytes[from + i] as number)
    weight *= 256
  }
  return values
}

/** Only a missing value is below zero here. */
function signed(u: number): number {
  if (u < 0) return Number.NaN
  return u % 2 === 0 ? u / 2 : -(u + 1) / 2
}

/** Differences to values, from one that is there to the next. */
function sum(values: Float64Array): void {
  let last = 0
  for (let i = 0; i < values.length; i++) {
    const difference = values[i] as number
    if (Number.isNaN(difference)) continue
    last += difference
    values[i] = last
  }
}
