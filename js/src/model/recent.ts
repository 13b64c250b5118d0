/** What was used last, as long as it is not too much in all. */

interface Kept<T> {
  value: T
  bytes: number
}

export class Recent<T> {
  #most: number
  #kept = new Map<string, Kept<T>>() // least recently used first
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  get(key: string): T | undefined {
    const kept = this.#kept.get(key)
    if (!kept) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    return kept.value
  }

  /** What weighs nothing stays for good, and so does the newest, whatever it weighs. */
  put(key: string, value: T, bytes: number): void {
    this.#bytes += bytes - (this.#kept.get(key)?.bytes ?? 0)
    this.#kept.delete(key)
    this.#kept.set(key, { value, bytes })
    for (const [old, kept] of this.#kept) {
      if (this.#bytes <= this.#most) break
      if (kept.bytes === 0 || old === key) continue
      this.#kept.delete(old)
      this.#bytes -= kept.bytes
    }
  }
}
