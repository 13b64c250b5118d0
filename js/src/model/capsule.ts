/** A run in one piece (docs/reference/capsule.md): blocks that are in the page, unpacked when they are asked for. */

import { type Block, type Blocks, columnBytes } from "./blocks"
import type { Meta } from "./meta"
import { unpack } from "./packing"
import { Recent } from "./recent"

const MAGIC = "BTLC"
const VERSION = 1
// Unpacked columns take some ten times the space of packed ones; what was not looked at for long is unpacked again.
const MOST_BYTES = 128 * 2 ** 20

interface Header {
  version: number
  meta: Meta
  blocks: Record<string, [at: number, length: number]>
}

/** Throws an Error with a sentence for the user: not a capsule, cut short, or of a later version. */
export function openCapsule(bytes: Uint8Array<ArrayBuffer>, most = MOST_BYTES): { meta: Meta; blocks: Blocks } {
  if (text(bytes.subarray(0, 4)) !== MAGIC) throw new Error("this is not a packed run: it does not begin with BTLC")
  const short = () => new Error(`this packed run is cut short at ${bytes.length} bytes; copy or download it again`)
  if (bytes.length < 8) throw short()
  const begin = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)
  if (bytes.length < begin) throw short()
  const { version, meta, blocks }: Header = JSON.parse(text(bytes.subarray(8, begin)))
  if (version > VERSION) {
    throw new Error(
      `this packed run has version ${version}, and this page reads up to ${VERSION}; upgrade backtestr-lab`,
    )
  }
  const end = Object.values(blocks).reduce((last, [at, length]) => Math.max(last, at + length), 0)
  if (bytes.length < begin + end) throw short()
  return { meta, blocks: new CapsuleBlocks(bytes.subarray(begin), blocks, most) }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

class CapsuleBlocks implements Blocks {
  readonly kind = "capsule"
  readonly trouble = null
  #bytes: Uint8Array<ArrayBuffer>
  #places: Map<string, [at: number, length: number]>
  #kept: Recent<Block>
  #coming = new Map<string, Promise<Block>>()
  #failures = new Map<string, string>()
  #listeners = new Set<() => void>()

  constructor(bytes: Uint8Array<ArrayBuffer>, places: Header["blocks"], most: number) {
    this.#bytes = bytes
    this.#places = new Map(Object.entries(places))
    this.#kept = new Recent(most)
  }

  get(key: string): Block | undefined {
    return this.#kept.get(key)
  }

  has(key: string): boolean {
    return this.#places.has(key)
  }

  failure(key: string): string | undefined {
    return this.#failures.get(key)
  }

  load(key: string): Promise<Block> {
    const block = this.get(key)
    if (block) return Promise.resolve(block)
    const coming = this.#coming.get(key) ?? this.#unpack(key)
    this.#coming.set(key, coming)
    return coming
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #unpack(key: string): Promise<Block> {
    try {
      const place = this.#places.get(key)
      if (!place) throw new Error("this page was written without it")
      const block = await this.#read(key, place)
      this.#kept.put(key, block, columnBytes(block))
      this.#failures.delete(key)
      return block
    } catch (error) {
      this.#failures.set(key, (error as Error).message)
      throw error
    } finally {
      this.#coming.delete(key)
      for (const listener of [...this.#listeners]) listener()
    }
  }

  async #read(key: string, [at, length]: [number, number]): Promise<Block> {
    try {
      return await unpack(this.#bytes.subarray(at, at + length))
    } catch (error) {
      throw new Error(`${key} of this page cannot be read (${(error as Error).message}); write the page again`)
    }
  }
}
