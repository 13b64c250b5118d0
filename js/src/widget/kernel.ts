/** Blocks from the kernel: asked for together, kept up to a bound, and a plain word when none come. */

import { type Block, type Blocks, columnBytes } from "../model/blocks"
import type { Meta } from "../model/meta"
import { unpack } from "../model/packing"
import { Recent } from "../model/recent"
import type { Channel } from "./channel"
import { type Answer, type Ask, BUSY, GONE, type Sent } from "./talk"

export interface Limits {
  bytes: number // of unpacked blocks that can be had again
  patience: number // ms without an answer before the kernel counts as busy
  retry: number // ms before a block that failed is asked for again
}

const LIMITS: Limits = { bytes: 128 * 2 ** 20, patience: 1500, retry: 4000 }

interface Waiting {
  promise: Promise<Block>
  resolve(block: Block): void
  reject(error: Error): void
}

export class KernelBlocks implements Blocks {
  readonly kind = "kernel"
  #channel: Channel<Ask, Answer>
  #meta: Meta
  #limits: Limits
  #kept: Recent<Block>
  #waiting = new Map<string, Waiting>()
  #next: string[] = []
  #failures = new Map<string, { reason: string; at: number }>()
  #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #trouble: string | null = null
  #deaf: () => void

  constructor(channel: Channel<Ask, Answer>, meta: Meta, limits: Partial<Limits> = {}) {
    this.#channel = channel
    this.#meta = meta
    this.#limits = { ...LIMITS, ...limits }
    this.#kept = new Recent(this.#limits.bytes)
    this.#deaf = channel.listen((answer, bytes) => this.#hear(answer, bytes))
  }

  get trouble(): string | null {
    return this.#trouble
  }

  get(key: string): Block | undefined {
    return this.#kept.get(key)
  }

  has(key: string): boolean {
    return isBlockOf(this.#meta, key)
  }

  failure(key: string): string | undefined {
    return this.#failures.get(key)?.reason
  }

  load(key: string): Promise<Block> {
    const block = this.get(key)
    if (block) return Promise.resolve(block)
    const waiting = this.#waiting.get(key)
    if (waiting) return waiting.promise
    const failed = this.#failures.get(key)
    if (failed && now() - failed.at < this.#limits.retry) return Promise.reject(new Error(failed.reason))
    if (this.#next.length === 0) queueMicrotask(() => this.#flush())
    this.#next.push(key)
    const made = waitFor()
    this.#waiting.set(key, made)
    return made.promise
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Blocks that came without being asked for, as those the widget opened with. */
  async take(blocks: Sent[], bytes: DataView): Promise<void> {
    await Promise.all(blocks.map((sent) => this.#take(sent, bytes)))
    this.#changed()
  }

  /** Is the kernel still there? Whether it is shows in `trouble`. */
  greet(): void {
    this.#say({ kind: "hello" })
    this.#watch()
  }

  close(): void {
    this.#deaf()
    clearTimeout(this.#timer)
    this.#listeners.clear()
    this.#rejectAll("the player was closed")
  }

  #flush(): void {
    const keys = this.#next.splice(0)
    // The strategy's variables may cost the kernel a pass over the run: everything else goes before them.
    const slow = keys.filter((key) => key.startsWith("variables/"))
    const quick = keys.filter((key) => !key.startsWith("variables/"))
    for (const some of [quick, slow]) if (some.length > 0) this.#say({ kind: "blocks", keys: some })
    if (this.#waiting.size > 0) this.#watch()
  }

  #say(ask: Ask): void {
    try {
      this.#channel.send(ask)
    } catch {
      // After a restart, or when the widget was closed, there is nobody to send to.
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#rejectAll(GONE)
      this.#set(GONE)
    }
  }

  /** From now on silence counts. */
  #watch(): void {
    if (this.#trouble === GONE || this.#timer !== undefined) return
    const patience = this.#limits.patience * (this.#trouble === BUSY ? 4 : 1)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#set(BUSY)
      // A kernel that was restarted meanwhile never answers; only sending tells.
      this.greet()
    }, patience)
  }

  #hear(answer: Answer, bytes: DataView): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (answer.kind === "blocks") {
      for (const sent of answer.blocks) void this.#take(sent, bytes).then(() => this.#changed())
      for (const sent of answer.blocks) if (sent.error === undefined) this.#failures.delete(sent.key)
    } else if (answer.kind === "error" && answer.asked === "blocks") {
      this.#rejectAll(answer.error)
    }
    this.#set(null)
    if (this.#waiting.size > 0) this.#watch()
  }

  async #take(sent: Sent, bytes: DataView): Promise<void> {
    const waiting = this.#waiting.get(sent.key)
    this.#waiting.delete(sent.key)
    if (sent.error !== undefined) {
      this.#fail(sent.key, sent.error, waiting)
      return
    }
    try {
      const packed = new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + sent.at, sent.length)
      const block = await unpack(packed)
      this.#kept.put(sent.key, block, isBasic(sent.key) ? 0 : sizeOf(block))
      waiting?.resolve(block)
    } catch (error) {
      this.#fail(
        sent.key,
        `what the kernel sent cannot be read: ${error instanceof Error ? error.message : error}`,
        waiting,
      )
    }
  }

  #fail(key: string, reason: string, waiting: Waiting | undefined): void {
    this.#failures.set(key, { reason, at: now() })
    waiting?.reject(new Error(reason))
  }

  #rejectAll(reason: string): void {
    const all = [...this.#waiting]
    this.#waiting.clear()
    this.#next = []
    for (const [key, waiting] of all) this.#fail(key, reason, waiting)
  }

  #set(trouble: string | null): void {
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#changed()
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

/** Whether the run has a block of that key; how many stretches of ticks there are only its index knows. */
export function isBlockOf(meta: Meta, key: string): boolean {
  const [kind, ...path] = key.split("/")
  if (["events", "orders", "trades", "curve"].includes(key)) return true
  if (key === "levels") return meta.levels === true
  if (kind === "index") return path[0] === "bars" || path[0] === "ticks"
  if (kind === "ticks") return meta.has.ticks !== "none"
  if (kind === "bars" || kind === "values") {
    const timeframe = meta.timeframes.find(({ name }) => name === path[1])
    return timeframe !== undefined && Number(path[2]) * timeframe.size < (timeframe.counts[Number(path[0])] ?? 0)
  }
  if (kind !== "variables" || meta.has.variables === "none") return false
  return path[0] !== "ticks" || meta.has.variables === "tick"
}

/** The blocks a replay is opened with: it holds on to them itself. */
function isBasic(key: string): boolean {
  return key.startsWith("index/") || !key.includes("/")
}

function sizeOf(block: Block): number {
  // Plain values are the variables' texts; their objects in memory are some four times that.
  return columnBytes(block) + 4 * (Object.keys(block.plain).length > 0 ? JSON.stringify(block.plain).length : 0) + 64
}

function waitFor(): Waiting {
  let resolve!: Waiting["resolve"]
  let reject!: Waiting["reject"]
  const promise = new Promise<Block>((yes, no) => {
    resolve = yes
    reject = no
  })
  // Those who only watch `failure` have no handler of their own.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}

const now = () => performance.now()
