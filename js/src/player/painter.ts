/**
 * When something is painted: at most once per animation frame, the latest cursor wins; the large chart first, the small
 * ones a few times a second and when it rests. What is missing is loaded; until it comes, the picture before stays for
 * a moment.
 */

import type { Cursor, Frame } from "../model/frame"

export type Extent = "focus" | "all"

/** What is painted, and where it comes from. */
export interface Picture {
  /** Where the cursor is by now; while playing it moves by being asked. */
  cursor(now: number): Cursor
  frameAt(cursor: Cursor): Frame
  /** Loads one block; never rejects. */
  want(key: string): Promise<void>
  failure(key: string): string | undefined
  /** Draws; returns the blocks it would need to draw it better. */
  draw(frame: Frame, extent: Extent): string[]
  /** Until what was drawn is on the screen. */
  settled(): Promise<void>
  /** It is. */
  done(frame: Frame, state: PaintState): void
}

export interface PaintState {
  extent: Extent
  loading: boolean
  failure: string | undefined
}

export const HOLD = 150 // ms that the picture before stays while blocks load
export const REST = 250 // ms between two pictures of the small charts while the cursor moves

export class Painter {
  #picture: Picture
  #request = 0
  #painting = false
  #asked = false // for a picture, since the last one began
  #focusStale = false
  #smallStale = false
  #movingSince: number | null = null // since the small charts were painted last
  #heldSince: number | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #loading = new Set<string>()
  #tried = new Set<string>() // for this cursor; they failed, or did not help
  #waiting: ((frame: Frame) => void)[] = []
  #closed = false

  constructor(picture: Picture) {
    this.#picture = picture
  }

  /** The cursor or the view is another one. */
  request(): void {
    this.#tried.clear()
    this.#focusStale = true
    this.#smallStale = true
    this.#soon()
  }

  /** Until the latest cursor is on the screen, in all charts, as exact as it can be had. */
  rest(): Promise<Frame> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#soon()
    })
  }

  /** Loads what will be needed soon; nothing is painted for it. */
  prefetch(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#loading.has(key) || this.#picture.failure(key) !== undefined) continue
      this.#loading.add(key)
      void this.#picture.want(key).then(() => this.#loading.delete(key))
    }
  }

  close(): void {
    this.#closed = true
    cancelAnimationFrame(this.#request)
    clearTimeout(this.#timer)
  }

  #soon(): void {
    this.#asked = true
    if (this.#closed || this.#painting || this.#request !== 0) return
    this.#request = requestAnimationFrame((now) => {
      this.#request = 0
      void this.#paint(now)
    })
  }

  async #paint(now: number): Promise<void> {
    this.#painting = true
    this.#asked = false
    try {
      await this.#step(now)
    } catch (error) {
      console.warn("backtestr_lab:", error)
    } finally {
      this.#painting = false
      if (this.#asked) this.#soon()
    }
  }

  async #step(now: number): Promise<void> {
    const picture = this.#picture
    const frame = picture.frameAt(picture.cursor(now))
    if (this.#load(frame.missing).some(holds) && this.#hold(now)) return
    this.#heldSince = null
    this.#movingSince ??= now
    // A single step shows the large chart at once and the small ones a picture later.
    const extent = this.#focusStale && now - this.#movingSince < REST ? "focus" : "all"
    this.#focusStale = false
    if (extent === "all") {
      this.#smallStale = false
      this.#movingSince = null
    }
    const lacking = picture.draw(frame, extent)
    this.#load(lacking)
    await picture.settled()
    if (this.#closed) return
    const keys = [...frame.missing, ...lacking]
    const loading = keys.some((key) => this.#loading.has(key))
    const failure = keys.map((key) => picture.failure(key)).find((reason) => reason !== undefined)
    picture.done(frame, { extent, loading, failure })
    if (this.#smallStale) this.#soon()
    else if (!this.#asked && !loading) for (const resolve of this.#waiting.splice(0)) resolve(frame)
  }

  /** Whether the picture before is to stay for now. */
  #hold(now: number): boolean {
    this.#heldSince ??= now
    const left = this.#heldSince + HOLD - now
    if (left <= 0) return false
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#soon(), left)
    return true
  }

  /** Starts to load what was not tried yet; returns what is under way. */
  #load(keys: readonly string[]): string[] {
    for (const key of keys) {
      if (this.#loading.has(key) || this.#tried.has(key)) continue
      this.#loading.add(key)
      this.#tried.add(key)
      void this.#picture.want(key).then(() => {
        this.#loading.delete(key)
        this.#smallStale = true
        if (!this.#closed) this.#soon()
      })
    }
    return keys.filter((key) => this.#loading.has(key))
  }
}

/** The strategy's variables may take a pass over the run: no picture waits for them. */
function holds(key: string): boolean {
  return !key.startsWith("variables/")
}
