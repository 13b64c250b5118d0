/** The mouse: scrub and brush on the timeline, pan, zoom, crosshair, clicks that jump. */

import type { Charts, Places } from "../draw/charts"
import type { Cursor } from "../model/frame"
import type { Micros, Points } from "../model/meta"
import { on } from "./dom"
import { wheelFactor } from "./zoom"

const AXIS = 76 // CSS pixels beside the frame (backtestr_lab/replay/panes.py AXIS_WIDTH)
const DRAG = 4 // CSS pixels before a press becomes a drag
const NOTCH = 60 // CSS pixels of wheel to a bar

/** What a gesture comes to. */
export interface Deeds {
  go(cursor: Cursor): void
  brush(range: [Micros, Micros] | null): void
  /** Content of the large chart moved by a share of its width. */
  pan(share: number): void
  /** `share` is where the pointer is in the chart's width. */
  zoom(timeframe: string | null, factor: number, share: number): void
  zoomTimeline(factor: number, at: Micros): void
  stepBars(direction: 1 | -1): void
  focus(timeframe: string): void
  showRange(): void
  hover(ts: Micros | null, price: Points | null): void
}

export class Gestures {
  #root: HTMLElement
  #places: Places
  #charts: Charts
  #deeds: Deeds
  #ends: (() => void)[] = []
  #wheeled = 0
  #hover = 0
  #at: { place: HTMLElement; x: number; y: number } | null = null

  constructor(root: HTMLElement, places: Places, charts: Charts, deeds: Deeds) {
    this.#root = root
    this.#places = places
    this.#charts = charts
    this.#deeds = deeds
    this.#timeline(places.timeline)
    this.#pan(places.focus)
    for (const [timeframe, place] of Object.entries(places.small)) {
      this.#listen(place, "click", (event) => {
        if (!event.altKey) deeds.focus(timeframe)
      })
      this.#chart(place, timeframe)
    }
    this.#chart(places.focus, null)
    this.#chart(places.own, null)
    this.#pointer(places.timeline)
    this.#listen(places.timeline, "wheel", (event) => this.#wheelTimeline(event))
  }

  close(): void {
    cancelAnimationFrame(this.#hover)
    for (const end of this.#ends.splice(0)) end()
  }

  #listen<K extends keyof HTMLElementEventMap>(
    place: HTMLElement,
    kind: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ): void {
    this.#ends.push(on(place, kind, listener, { passive: false }))
  }

  /** What all charts of a price or an indicator have. */
  #chart(place: HTMLElement, timeframe: string | null): void {
    const jump = (event: MouseEvent) => {
      const ts = this.#charts.instantAt(place, event.clientX)
      if (ts !== null) this.#deeds.go({ ts, taken: null })
    }
    this.#listen(place, "click", (event) => event.altKey && jump(event))
    // A small chart has become the large one by the first of the two clicks.
    if (timeframe === null) this.#listen(place, "dblclick", jump)
    this.#listen(place, "wheel", (event) => this.#wheel(event, place, timeframe))
    this.#pointer(place)
  }

  #pointer(place: HTMLElement): void {
    this.#listen(place, "pointermove", (event) => this.#point({ place, x: event.clientX, y: event.clientY }))
    this.#listen(place, "pointerleave", () => this.#point(null))
  }

  #point(at: { place: HTMLElement; x: number; y: number } | null): void {
    this.#at = at
    this.#hover ||= requestAnimationFrame(() => {
      this.#hover = 0
      const now = this.#at
      if (!now) return this.#deeds.hover(null, null)
      this.#deeds.hover(this.#charts.instantAt(now.place, now.x), this.#charts.priceAt(now.place, now.y))
    })
  }

  /** Only when the player has the focus: else the page scrolls. */
  #takes(event: WheelEvent): boolean {
    if (!this.#root.contains(document.activeElement)) return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  #wheel(event: WheelEvent, place: HTMLElement, timeframe: string | null): void {
    if (!this.#takes(event)) return
    // With Shift, browsers turn the wheel sideways.
    const delta = pixels(event, event.deltaY || event.deltaX)
    if (event.shiftKey) {
      this.#scrub(delta)
      return
    }
    const { left, width } = place.getBoundingClientRect()
    const share = (event.clientX - left) / Math.max(width - AXIS, 1)
    this.#deeds.zoom(timeframe, wheelFactor(delta), Math.min(Math.max(share, 0), 1))
  }

  #scrub(delta: number): void {
    this.#wheeled += delta
    const steps = Math.trunc(this.#wheeled / NOTCH)
    this.#wheeled -= steps * NOTCH
    for (let i = 0; i < Math.min(Math.abs(steps), 4); i++) this.#deeds.stepBars(steps > 0 ? 1 : -1)
  }

  #wheelTimeline(event: WheelEvent): void {
    if (!this.#takes(event)) return
    const delta = pixels(event, event.deltaY || event.deltaX)
    if (event.shiftKey) this.#scrub(delta)
    else this.#deeds.zoomTimeline(wheelFactor(delta), this.#timeAt(event.clientX))
  }

  /** Beside the frame is its nearer end. */
  #timeAt(clientX: number): Micros {
    const place = this.#places.timeline
    const { left, width } = place.getBoundingClientRect()
    const inside = Math.min(Math.max(clientX, left + 0.5), left + width - AXIS - 0.5)
    return this.#charts.instantAt(place, inside) ?? 0
  }

  #timeline(place: HTMLElement): void {
    this.#drag(
      place,
      (event) => {
        const from = this.#timeAt(event.clientX)
        const brushing = event.shiftKey
        if (!brushing) this.#deeds.go({ ts: from, taken: null })
        return (move) => {
          const ts = this.#timeAt(move.clientX)
          if (brushing) this.#deeds.brush(from < ts ? [from, ts] : [ts, from])
          else this.#deeds.go({ ts, taken: null })
        }
      },
      (event, dragged) => {
        if (event.shiftKey && !dragged) this.#deeds.brush(null)
      },
    )
    this.#listen(place, "dblclick", () => this.#deeds.showRange())
  }

  #pan(place: HTMLElement): void {
    this.#drag(place, (event) => {
      if (event.altKey) return null
      const width = Math.max(place.getBoundingClientRect().width - AXIS, 1)
      let last = event.clientX
      return (move) => {
        this.#deeds.pan((move.clientX - last) / width)
        last = move.clientX
      }
    })
  }

  /** `begin` is called when the button goes down and returns what follows the pointer, or null. */
  #drag(
    place: HTMLElement,
    begin: (event: PointerEvent) => ((event: PointerEvent) => void) | null,
    end?: (event: PointerEvent, dragged: boolean) => void,
  ): void {
    let follow: ((event: PointerEvent) => void) | null = null
    let x = 0
    let dragged = false
    this.#listen(place, "pointerdown", (event) => {
      if (event.button !== 0) return
      x = event.clientX
      dragged = false
      follow = begin(event)
      if (follow) place.setPointerCapture(event.pointerId)
    })
    this.#listen(place, "pointermove", (event) => {
      if (!follow) return
      if (!dragged && Math.abs(event.clientX - x) < DRAG) return
      dragged = true
      place.dataset.dragging = ""
      follow(event)
    })
    const stop = (event: PointerEvent) => {
      if (follow) end?.(event, dragged)
      follow = null
      delete place.dataset.dragging
    }
    this.#listen(place, "pointerup", stop)
    this.#listen(place, "pointercancel", stop)
  }
}

/** Some mice scroll by lines or pages. */
function pixels(event: WheelEvent, delta: number): number {
  return (
    delta *
    (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 300 : 1)
  )
}
