/** Where the cursor is and how it moves: by steps, jumps, and by itself while playing. */

import { clock } from "../model/format"
import type { Cursor } from "../model/frame"
import type { Micros } from "../model/meta"
import type { Replay, Unit } from "../model/replay"
import { PACES, type Pace, Pacer, USUAL } from "./pace"

/** A step: a unit, and for bars their timeframe; null is that of the large chart. */
export interface Stride {
  unit: Unit
  timeframe: string | null
}

export interface MotionHooks {
  /** The cursor moved, or play, pace, unit or range changed. */
  changed(): void
  say(text: string): void
  /** Timeframe of the large chart. */
  focus(): string
  /** Whose bars a step by bars goes by. */
  symbol(): number
  /** Where the cursor will be soon; asked for while playing. */
  ahead(cursor: Cursor): void
}

type Moving = Pick<Replay, "meta" | "clamp" | "step" | "ahead" | "nextEvent" | "cursorOfEvent">

const LOOK_AHEAD = 300 // ms between two looks ahead while playing
const QUEUE = 8 // steps that wait for one that is looked up
const FAR_AHEAD = 1000 // ms of playing that they look

export class Motion {
  stride: Stride = { unit: "bar", timeframe: null }
  range: [Micros, Micros] | null = null
  #replay: Moving
  #hooks: MotionHooks
  #cursor: Cursor
  #pace = USUAL
  #pacer = new Pacer()
  #looked = 0
  #stepping = false
  #next: (() => Promise<Cursor>)[] = []

  constructor(replay: Moving, at: Cursor, hooks: MotionHooks) {
    this.#replay = replay
    this.#hooks = hooks
    this.#cursor = replay.clamp(at)
  }

  get cursor(): Cursor {
    return this.#cursor
  }

  get playing(): boolean {
    return this.#pacer.running
  }

  get pace(): Pace {
    return PACES[this.#pace] as Pace
  }

  get paceIndex(): number {
    return this.#pace
  }

  setPace(index: number): void {
    this.#pace = Math.min(Math.max(index, 0), PACES.length - 1)
    this.#pacer.change()
    this.#hooks.changed()
  }

  /** Anywhere; outside the run to its nearer end, which is said. */
  go(cursor: Cursor): void {
    const inside = this.#replay.clamp(cursor)
    const { start } = this.#replay.meta
    this.#next = []
    if (inside.ts !== cursor.ts) {
      const end = inside.ts <= start ? "begins" : "ends"
      this.#hooks.say(`${clock(cursor.ts)} is outside the run, which ${end} at ${clock(inside.ts)}`)
    }
    this.#pacer.stop()
    this.#set(inside)
  }

  start(): void {
    this.go({ ts: this.range?.[0] ?? this.#replay.meta.start, taken: null })
  }

  end(): void {
    this.go({ ts: this.range?.[1] ?? this.#replay.meta.end, taken: null })
  }

  /** One step; while it is looked up, a few more wait their turn. */
  step(direction: 1 | -1, stride: Stride = this.stride): void {
    this.#pacer.stop()
    const { unit, timeframe } = stride
    if (this.#next.length >= QUEUE) return
    this.#next.push(async () => {
      const from = this.#cursor
      const to = await this.#replay.step(from, unit, direction, timeframe ?? this.#hooks.focus(), this.#hooks.symbol())
      if (to.ts === from.ts && to.taken === from.taken) {
        this.#hooks.say(direction > 0 ? `no later ${unit} in this run` : `no earlier ${unit} in this run`)
      }
      return to
    })
    if (!this.#stepping) void this.#walk()
  }

  async #walk(): Promise<void> {
    this.#stepping = true
    try {
      for (let step = this.#next.shift(); step; step = this.#next.shift()) {
        const from = this.#cursor
        const to = await step()
        // Somebody went elsewhere while it was looked up.
        if (this.#cursor === from && !this.playing) this.#set(to)
      }
    } catch (error) {
      this.#hooks.say(`this step cannot be made: ${error instanceof Error ? error.message : error}`)
    } finally {
      this.#stepping = false
    }
  }

  /** To the next event that matches; behind the last, the first of the run. */
  jump(matches: (row: number) => boolean, what: string): void {
    const { meta } = this.#replay
    const next = this.#replay.nextEvent(this.#cursor, matches, 1)
    const first = next ?? this.#replay.nextEvent({ ts: meta.start, taken: 0 }, matches, 1)
    if (!first) {
      this.#hooks.say(`this run has no ${what}`)
      return
    }
    if (!next) this.#hooks.say(`no later ${what}: this is the first of the run`)
    this.go(first)
  }

  /** Play or pause; at the end it begins again. */
  toggle(now: number): void {
    if (this.playing) this.#pacer.stop()
    else {
      const [from, to] = this.#limits
      if (this.#cursor.ts >= to || this.#cursor.ts < from) this.#cursor = this.#replay.clamp({ ts: from, taken: null })
      this.#next = []
      this.#pacer.start(now)
      this.#looked = 0
    }
    this.#hooks.changed()
  }

  pause(): void {
    if (!this.playing) return
    this.#pacer.stop()
    this.#hooks.changed()
  }

  /** Where the cursor is at `now`, in ms of the page's clock: while playing it moves by being asked. */
  at(now: number): Cursor {
    const due = this.#pacer.due(now, this.pace)
    if (due > 0) this.#play(due)
    if (this.playing && now - this.#looked > LOOK_AHEAD && this.pace.kind === "market") {
      this.#looked = now
      this.#hooks.ahead(this.#replay.ahead(this.#cursor, FAR_AHEAD * 1000 * this.pace.times))
    }
    return this.#cursor
  }

  get #limits(): [Micros, Micros] {
    const { start, end } = this.#replay.meta
    return this.range ?? [start, end]
  }

  #play(due: number): void {
    let next: Cursor | null = this.#cursor
    if (this.pace.kind === "market") next = this.#replay.ahead(this.#cursor, due)
    else for (let i = 0; i < due && next; i++) next = this.#replay.nextEvent(next, () => true, 1)
    const to = this.#limits[1]
    if (next && next.ts < to) {
      this.#cursor = next
      return
    }
    this.#cursor = this.#replay.clamp({ ts: to, taken: null })
    this.#pacer.stop()
    this.#hooks.say(this.range ? "the end of the range" : this.#atEnd())
    this.#hooks.changed()
  }

  #atEnd(): string {
    const { stopped } = this.#replay.meta
    return stopped ? `the run ended early: ${stopped}` : "the end of the run"
  }

  #set(cursor: Cursor): void {
    this.#cursor = cursor
    this.#hooks.changed()
  }
}
