/** Keeps a player's cursor and the widget's `place` equal: with Python, and with the widget's other views. */

import type { Cursor } from "../model/frame"
import type { Place } from "./talk"

const PAUSE = 100 // ms between two places told while the cursor runs; the latest wins

export interface SyncModel {
  get(name: string): unknown
  set(name: string, value: unknown): void
  save_changes(): void
  on(event: string, listener: () => void): void
  off(event: string, listener: () => void): void
}

/** What is needed of a player here. */
export interface Movable {
  readonly cursor: Cursor
  go(cursor: Cursor): Promise<unknown>
}

export class Sync {
  #model: SyncModel
  #player: Movable
  #telling = false
  #closed = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #last = Number.NEGATIVE_INFINITY
  /** Places of others, on their way to the screen: arriving there is no move of ours, and told it would set them back. */
  #given: string[] = []
  #changed = () => this.#follow()

  constructor(model: SyncModel, player: Movable) {
    this.#model = model
    this.#player = player
    model.on("change:place", this.#changed)
    if (!this.#same()) this.#follow() // it moved while the player was made
  }

  /** The player moved. */
  moved(): void {
    if (this.#timer !== undefined) return
    const wait = Math.max(0, this.#last + PAUSE - performance.now())
    this.#timer = setTimeout(() => this.#tell(), wait)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#closed = true
    this.#model.off("change:place", this.#changed)
  }

  #place(): Place {
    return this.#model.get("place") as Place
  }

  #tell(): void {
    this.#timer = undefined
    const place = placeOf(this.#player.cursor)
    const own = name(place)
    if (this.#same() || this.#given.includes(own)) return
    this.#last = performance.now()
    this.#telling = true
    try {
      this.#model.set("place", place)
      this.#model.save_changes() // ipywidgets holds it back while the kernel has not taken the one before
    } catch {
      // No kernel: the cursor is the page's alone from here on; the blocks say so.
    } finally {
      this.#telling = false
    }
  }

  #same(): boolean {
    return name(placeOf(this.#player.cursor)) === name(this.#place())
  }

  #follow(): void {
    if (this.#telling || this.#same()) return
    const [ts, taken] = this.#place()
    const given = name([ts, taken])
    this.#given.push(given)
    const arrived = () => {
      // What the player says of its arrival may wait for a pause.
      if (!this.#closed) setTimeout(() => this.#given.splice(this.#given.indexOf(given), 1), 2 * PAUSE)
    }
    this.#player.go({ ts, taken }).then(arrived, arrived)
  }
}

function placeOf({ ts, taken }: Cursor): Place {
  return [ts, taken]
}

function name([ts, taken]: Place): string {
  return `${ts}/${taken}`
}
