/** How fast the player plays: market time, or so many events a second. */

export type Pace = { kind: "market"; times: number } | { kind: "events"; rate: number }

export const PACES: readonly Pace[] = [
  ...[1, 5, 10, 60, 300, 600, 1800, 3600, 10_000, 30_000, 100_000].map((times) => ({ kind: "market", times }) as const),
  ...[1, 2, 5, 10, 30].map((rate) => ({ kind: "events", rate }) as const),
]

export const USUAL = PACES.findIndex((pace) => pace.kind === "market" && pace.times === 300)

const LONGEST = 1000 // ms between two pictures that count; a page in the background gets none for minutes

export function paceText(pace: Pace): string {
  if (pace.kind === "market") return `×${pace.times.toLocaleString("en")}`
  return pace.rate === 1 ? "1 event/s" : `${pace.rate} events/s`
}

/** Turns elapsed time into what is due: whole µs of market time, or whole events. What is left over is kept. */
export class Pacer {
  #last: number | null = null
  #owed = 0

  /** From now on time counts. */
  start(now: number): void {
    this.#last = now
    this.#owed = 0
  }

  stop(): void {
    this.#last = null
  }

  get running(): boolean {
    return this.#last !== null
  }

  due(now: number, pace: Pace): number {
    if (this.#last === null) return 0
    const elapsed = Math.min(Math.max(now - this.#last, 0), LONGEST)
    this.#last = now
    this.#owed += pace.kind === "market" ? elapsed * 1000 * pace.times : (elapsed / 1000) * pace.rate
    const due = Math.floor(this.#owed)
    this.#owed -= due
    return due
  }

  /** Another pace: what was left over was in other units. */
  change(): void {
    this.#owed = 0
  }
}
