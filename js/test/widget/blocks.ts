/** Hand-packed blocks and a kernel that answers when it is told to. */

import { gzipSync } from "node:zlib"
import type { Meta } from "../../src/model/meta"
import type { WidgetModel } from "../../src/widget/channel"
import type { Answer, Ask, Sent } from "../../src/widget/talk"

/** A block of one-byte columns, values 0 to 127, as docs/reference/capsule.md lays it out. */
export function packed(columns: Record<string, number[]>, plain: Record<string, unknown> = {}): Uint8Array {
  const places: Record<string, number[]> = {}
  const bytes: number[] = []
  for (const [name, values] of Object.entries(columns)) {
    places[name] = [bytes.length, values.length, 1, 0, 0, 1]
    bytes.push(...values.map((value) => 2 * value))
  }
  const header = new TextEncoder().encode(JSON.stringify({ columns: places, ...plain }))
  const size = new Uint8Array(new Uint32Array([header.length]).buffer)
  return new Uint8Array(gzipSync(Buffer.concat([size, header, Uint8Array.from(bytes)])))
}

/** An answer with these blocks; a text is the reason a block could not be made. */
export function answerOf(blocks: Record<string, Uint8Array | string>): [Answer & { kind: "blocks" }, DataView] {
  const sent: Sent[] = []
  const parts: Uint8Array[] = []
  let at = 0
  for (const [key, block] of Object.entries(blocks)) {
    if (typeof block === "string") {
      sent.push({ key, error: block })
      continue
    }
    sent.push({ key, at, length: block.length })
    parts.push(block)
    at += block.length
  }
  const bytes = Uint8Array.from(Buffer.concat(parts))
  return [{ kind: "blocks", blocks: sent }, new DataView(bytes.buffer)]
}

export class Kernel implements WidgetModel<Answer> {
  asked: Ask[] = []
  gone = false
  listeners = new Set<(message: Answer, buffers: DataView[]) => void>()
  get = () => undefined
  send(message: unknown): void {
    if (this.gone) throw new Error("Comm is closed")
    this.asked.push(message as Ask)
  }
  on(_event: string, listener: (message: Answer, buffers: DataView[]) => void): void {
    this.listeners.add(listener)
  }
  off(_event: string, listener: (message: Answer, buffers: DataView[]) => void): void {
    this.listeners.delete(listener)
  }
  say(message: Answer, ...buffers: DataView[]): void {
    for (const listener of [...this.listeners]) listener(message, buffers)
  }
  sends(blocks: Record<string, Uint8Array | string>): void {
    const [message, bytes] = answerOf(blocks)
    this.say(message, bytes)
  }
}

/** As much of a run's meta as asking for blocks needs. */
export const META = {
  timeframes: [
    { name: "1m", us: 60e6, counts: [10_000], size: 4096 },
    { name: "5m", us: 300e6, counts: [2_000], size: 4096 },
  ],
  has: { ticks: "all", variables: "bar" },
} as unknown as Meta
