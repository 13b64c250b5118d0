/** Blocks at hand, and a note of those that would have been wanted. */

import type { Block, Blocks } from "./blocks"

export class Shelf {
  readonly blocks: Blocks
  #wanted = new Set<string>()

  constructor(blocks: Blocks) {
    this.blocks = blocks
  }

  get(key: string): Block | undefined {
    const block = this.blocks.get(key)
    if (!block && this.blocks.has(key)) this.#wanted.add(key)
    return block
  }

  /** What was wanted and not at hand since this was asked last. */
  wanted(): string[] {
    const keys = [...this.#wanted]
    this.#wanted.clear()
    return keys
  }

  /** Loads what is not at hand. Never rejects: `blocks.failure` says why something did not come. */
  async load(keys: string[]): Promise<void> {
    await Promise.all(
      keys
        .filter((key) => !this.blocks.get(key) && this.blocks.has(key))
        .map((key) => this.blocks.load(key).catch(() => undefined)),
    )
  }

  /** What `read` gives once all that it lacks is here or cannot be had; left out, it lacks what it wanted of here. */
  async settled<T>(read: () => T, lacks: (found: T) => string[] = () => this.wanted()): Promise<T> {
    const tried = new Set<string>()
    this.#wanted.clear()
    for (;;) {
      const found = read()
      const keys = lacks(found).filter((key) => !tried.has(key))
      if (keys.length === 0) return found
      await this.load(keys)
      for (const key of keys) tried.add(key)
    }
  }
}
