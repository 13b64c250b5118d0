/** Blocks as Python packs them (docs/reference/capsule.md), for tests of what unpacks them. */

import { gzipSync } from "node:zlib"

/** How a column is to be packed; left out: as it is, in 8 bytes. */
export interface Packing {
  order?: 0 | 1 | 2
  width?: number
  unit?: number
}

export function pack(
  columns: Record<string, number[]>,
  plain: Record<string, unknown> = {},
  how: Record<string, Packing> = {},
): Uint8Array<ArrayBuffer> {
  const places: Record<string, number[]> = {}
  const bytes: number[] = []
  for (const [name, values] of Object.entries(columns)) {
    const { order = 0, width = 7, unit = 1 } = how[name] ?? {}
    const missing = values.some(Number.isNaN)
    places[name] = [bytes.length, values.length, width, order, Number(missing), unit]
    bytes.push(...shuffled(unsigned(values, order, unit, missing), width))
  }
  const header = new TextEncoder().encode(JSON.stringify({ columns: places, ...plain }))
  return zipped([...littleEndian(BigInt(header.length), 4), ...header, ...bytes])
}

export function zipped(bytes: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(Uint8Array.from(bytes)))
}

export function littleEndian(value: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, k) => Number((value >> BigInt(8 * k)) & 255n))
}

function unsigned(values: number[], order: number, unit: number, missing: boolean): bigint[] {
  let there = values.filter((value) => !Number.isNaN(value)).map((value) => value / unit)
  for (let k = 0; k < order; k++) there = there.map((value, i) => value - (there[i - 1] ?? 0))
  const left = there.map(BigInt).map((z) => (z < 0n ? -2n * z - 1n : 2n * z))
  return values.map((value) => (Number.isNaN(value) ? 0n : (left.shift() as bigint) + BigInt(missing)))
}

function shuffled(values: bigint[], width: number): number[] {
  const each = values.map((value) => littleEndian(value, width))
  return Array.from({ length: width }, (_, k) => each.map((bytes) => bytes[k] as number)).flat()
}
