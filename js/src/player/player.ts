/** The player: charts, cursor and panels put together, for a page that says where its data comes from. */

import { type Charts, createCharts } from "../draw/charts"
import { clock } from "../model/format"
import type { Cursor, Frame } from "../model/frame"
import type { Micros, Points } from "../model/meta"
import type { Replay } from "../model/replay"
import type { Bokeh } from "../widget/bokeh"
import { type Mode, pageMode } from "../widget/theme"
import { act } from "./actions"
import { Announcer } from "./announce"
import { put, write } from "./dom"
import { FocusBar } from "./focusbar"
import { Gestures } from "./gestures"
import { Head } from "./head"
import { Help } from "./help"
import { Keyboard } from "./keyboard"
import type { Action } from "./keys"
import { Motion } from "./motion"
import { noteOf } from "./note"
import { type Extent, Painter, type PaintState } from "./painter"
import { Screen } from "./screen"
import { Selection } from "./selection"
import { Side } from "./side"
import { Sights } from "./sights"
import { TimeField } from "./timefield"
import { Transport } from "./transport"

export interface PlayerOptions {
  bokeh: Bokeh
  panes: string
  columns: DataView
  replay: Replay
  at?: Cursor
  /** Row of a trade to go to and to mark. */
  trade?: number
  /** Where blocks come from, and what is wrong with that. */
  source: () => { kind: "kernel" | "capsule"; note: string | null }
  /** Another cursor is on the screen. */
  onCursor?: (shown: Frame) => void
}

export interface Player {
  /** The one that was asked for; `frame` says what is shown. */
  readonly cursor: Cursor
  readonly frame: Frame
  /** Resolves when it is painted, all data that can be had being there. */
  go(cursor: Cursor): Promise<Frame>
  select(trade: number): void
  say(text: string): void
  setMode(mode: Mode): void
  close(): void
}

const SAID = 6000 // ms that a message stays

export async function createPlayer(element: HTMLElement, options: PlayerOptions): Promise<Player> {
  const player = new ReplayPlayer(element, options)
  try {
    await player.start()
  } catch (error) {
    player.close()
    throw error
  }
  return player
}

class ReplayPlayer implements Player {
  #options: PlayerOptions
  #replay: Replay
  #screen: Screen
  #sights: Sights
  #motion: Motion
  #painter: Painter
  #side: Side
  #head: Head
  #focusBar: FocusBar
  #transport: Transport
  #time: TimeField
  #help: Help
  #keyboard: Keyboard
  #announcer = new Announcer()
  #charts: Charts | null = null
  #mode: Mode = pageMode()
  #frame: Frame
  #state: PaintState = { extent: "all", loading: false, failure: undefined }
  #pointed: Micros | null = null
  #selection: Selection
  #shownCursor = ""
  #counting = false // from the start of playing until its last picture
  #events = 0 // that had happened when they were counted last
  #passed = 0 // events passed by playing
  #passedFrom = 0 // the first event that the frame has and the one before had not
  #painted = 0
  #said: ReturnType<typeof setTimeout> | undefined
  #ends: (() => void)[] = []

  constructor(element: HTMLElement, options: PlayerOptions) {
    const { replay, source } = options
    const { meta } = replay
    this.#options = options
    this.#replay = replay
    this.#sights = new Sights(meta)
    const go = (cursor: Cursor) => this.#moveTo(cursor)
    const focus = (timeframe: string) => this.#setFocus(timeframe)
    this.#screen = new Screen(meta, focus)
    this.#motion = new Motion(replay, options.at ?? { ts: meta.start, taken: null }, {
      changed: () => this.#changed(),
      say: (text) => this.say(text),
      focus: () => this.#sights.focus,
      symbol: () => this.#sights.symbol,
      ahead: (cursor) => this.#painter.prefetch(replay.frame(cursor).missing),
    })
    this.#frame = replay.frame(this.#motion.cursor)
    this.#painter = new Painter({
      cursor: (now) => this.#motion.at(now),
      frameAt: (cursor) => replay.frame(cursor),
      want: (key) => replay.want([key]),
      failure: (key) => replay.blocks.failure(key),
      draw: (frame, extent) => this.#draw(frame, extent),
      settled: () => this.#charts?.settled() ?? Promise.resolve(),
      done: (frame, state) => this.#done(frame, state),
    })
    this.#selection = new Selection(replay, this.#motion, (text) => this.say(text))
    const press = (action: Action) => this.#act(action)
    const refocus = () => this.#keyboard.focus()
    this.#time = new TimeField(
      meta,
      (ts) => go({ ts, taken: null }),
      refocus,
      (text) => this.say(text),
    )
    this.#head = new Head(meta, source().kind, this.#time, {
      act: press,
      chooseSymbol: (symbol) => this.#setSymbol(symbol),
    })
    this.#focusBar = new FocusBar(replay, focus)
    this.#transport = new Transport(meta, this.#motion, press)
    this.#side = new Side(replay, { go, chooseTrade: (trade) => this.#selection.choose(trade) })
    this.#help = new Help(refocus)
    this.#screen.build({
      head: this.#head.element,
      focusBar: this.#focusBar.element,
      transport: this.#transport.element,
      side: this.#side.panels,
      book: this.#side.book.element,
      overlays: [this.#help.element, this.#announcer.element],
    })
    this.#keyboard = new Keyboard(this.#screen.root, (action, key) => this.#act(action, key))
    this.#screen.setFocus(this.#sights.focus)
    this.#screen.paint(meta.palette[this.#mode], this.#mode)
    this.#transport.update()
    element.append(this.#screen.root)
    const parts = [this.#painter, this.#head, this.#focusBar, this.#transport, this.#side, this.#time, this.#help]
    this.#ends.push(() => this.#screen.close())
    for (const part of [...parts, this.#keyboard, this.#announcer]) this.#ends.push(() => part.close())
  }

  async start(): Promise<void> {
    const { bokeh, panes, columns, trade } = this.#options
    const replay = this.#replay
    const { root, places } = this.#screen
    const charts = await createCharts(bokeh, panes, columns, replay, places, this.#mode)
    this.#charts = charts
    this.#ends.push(() => charts.close())
    const gestures = new Gestures(root, places, charts, {
      go: (cursor) => this.#moveTo(cursor),
      brush: (range) => this.#brush(range),
      pan: (share) => this.#see(() => this.#sights.pan(share)),
      zoom: (timeframe, factor, share) => this.#see(() => this.#sights.zoom(timeframe, factor, share)),
      zoomTimeline: (factor, at) => this.#see(() => this.#sights.zoomTimeline(factor, at)),
      stepBars: (direction) => this.#motion.step(direction, { unit: "bar", timeframe: null }),
      focus: (timeframe) => this.#setFocus(timeframe),
      showRange: () => this.#showRange(),
      hover: (ts, price) => this.#hover(ts, price),
    })
    const deaf = replay.blocks.onChange(() => this.#heard())
    this.#ends.push(() => gestures.close(), deaf)
    if (trade !== undefined) this.select(trade)
    charts.recolour(this.#mode)
    this.#painter.request()
    await this.#painter.rest()
    root.dataset.ready = "true"
  }

  get cursor(): Cursor {
    return this.#motion.cursor
  }

  get frame(): Frame {
    return this.#frame
  }

  go(cursor: Cursor): Promise<Frame> {
    this.#motion.go(cursor)
    return this.#painter.rest()
  }

  select(trade: number): void {
    if (!this.#selection.select(trade)) return
    this.#see(() => {
      this.#sights.symbol = this.#selection.symbol
    })
  }

  say(text: string): void {
    write(this.#screen.said, text)
    clearTimeout(this.#said)
    this.#said = setTimeout(() => write(this.#screen.said, ""), SAID)
    this.#announcer.say(text)
  }

  /** What was said belongs to what was done last. */
  #hush(): void {
    write(this.#screen.said, "")
  }

  setMode(mode: Mode): void {
    if (mode === this.#mode) return
    this.#mode = mode
    this.#screen.paint(this.#replay.meta.palette[mode], mode)
    this.#charts?.recolour(mode)
  }

  close(): void {
    clearTimeout(this.#said)
    for (const end of this.#ends.splice(0).reverse()) end()
  }

  // -- painting --------------------------------------------------------------------------------------------------------

  #draw(frame: Frame, extent: Extent): string[] {
    this.#passedFrom = this.#count(frame)
    this.#frame = frame
    this.#charts?.show(frame, this.#sights.view(this.#motion.range), extent)
    return this.#charts?.missing ?? []
  }

  /** What stands beside the charts, once they are painted: written before, it makes Bokeh wait for the page's layout. */
  #tell(frame: Frame): void {
    const { symbol, future } = this.#sights
    this.#time.show(frame.ts)
    this.#head.update(frame, symbol, future === "ghost", this.#options.source().note)
    this.#readout()
    this.#side.update(frame, symbol, this.#passedFrom, this.#selection.trade)
  }

  #done(frame: Frame, state: PaintState): void {
    const { root } = this.#screen
    this.#tell(frame)
    this.#state = state
    this.#painted++
    this.#screen.setCursor(frame.ts)
    put(root, "data-ts", frame.ts)
    put(root, "data-taken", frame.taken)
    put(root, "data-exact", String(frame.exact))
    put(root, "data-events", this.#passed)
    put(root, "data-painted", this.#painted)
    put(root, "data-loading", state.loading)
    this.#note()
    const { ts, taken } = this.#motion.cursor
    const shown = `${ts}/${taken}/${frame.exact}`
    if (shown !== this.#shownCursor) {
      this.#shownCursor = shown
      if (!this.#motion.playing) this.#announcer.say(`${clock(frame.ts).slice(0, 19)} UTC`)
      this.#options.onCursor?.(frame)
    }
    if (this.#motion.playing) this.#painter.request()
  }

  /** Events passed since they were counted last; returns the first of them, or how many there are when none was. */
  #count(frame: Frame): number {
    const from = this.#events
    if (!this.#counting) {
      this.#events = frame.events
      return frame.events
    }
    if (frame.events > from) {
      this.#passed += frame.events - from
      this.#events = frame.events
    }
    this.#counting = this.#motion.playing || !frame.exact
    return Math.min(from, frame.events)
  }

  #note(): void {
    const { kind, note } = this.#options.source()
    const { loading, failure } = this.#state
    const text = noteOf({
      asked: this.#motion.cursor,
      shown: this.#frame,
      kind,
      ticks: this.#replay.meta.has.ticks,
      loading,
      failure,
      trouble: note,
    })
    write(this.#screen.note, text ?? "")
    put(this.#screen.root, "data-trouble", note !== null)
  }

  #heard(): void {
    this.#head.update(this.#frame, this.#sights.symbol, this.#sights.future === "ghost", this.#options.source().note)
    this.#note()
  }

  #hover(ts: Micros | null, price: Points | null): void {
    this.#pointed = ts
    this.#charts?.crosshair(ts, price)
    this.#readout()
  }

  #readout(): void {
    const { symbol, focus, future } = this.#sights
    this.#focusBar.update(this.#frame, symbol, focus, this.#pointed, future === "ghost")
  }

  // -- movement and view -----------------------------------------------------------------------------------------------

  /** The cursor, play, pace or range is another one. */
  #changed(): void {
    if (!this.#charts) return
    if (this.#motion.playing && !this.#counting) {
      this.#counting = true
      this.#events = this.#replay.frame(this.#motion.cursor).events
    }
    put(this.#screen.root, "data-playing", this.#motion.playing)
    this.#transport.update()
    this.#sights.follow()
    this.#painter.request()
  }

  #moveTo(cursor: Cursor): void {
    this.#hush()
    this.#motion.go(cursor)
  }

  #see(change: () => void): void {
    change()
    this.#painter.request()
  }

  #setFocus(timeframe: string | undefined): void {
    if (!this.#sights.choose(timeframe)) return
    this.#screen.setFocus(this.#sights.focus)
    this.#charts?.resize()
    this.#painter.request()
  }

  #setSymbol(symbol: number): void {
    this.#see(() => {
      this.#sights.symbol = symbol
    })
  }

  #brush(range: [Micros, Micros] | null): void {
    this.#motion.range = range
    this.#transport.update()
    this.#painter.request()
  }

  #showRange(): void {
    this.#see(() => {
      this.#sights.timeline = this.#sights.timeline ? null : this.#motion.range
    })
  }

  /** False when nothing was open. */
  #clear(): boolean {
    if (this.#help.open) this.#help.toggle()
    else if (this.#head.fold()) this.#keyboard.focus()
    else if (this.#motion.range) this.#brush(null)
    else if (this.#sights.timeline) this.#showRange()
    else return false
    return true
  }

  #act(action: Action, key = ""): boolean {
    this.#hush()
    // Under the help nothing moves.
    if (this.#help.open && action !== "clear" && action !== "help") return true
    return act(action, key, {
      replay: this.#replay,
      motion: this.#motion,
      sights: this.#sights,
      selection: this.#selection,
      see: (change) => this.#see(change),
      focus: (timeframe) => this.#setFocus(timeframe),
      turnUnit: () => this.#transport.turnUnit(),
      typeTime: () => this.#time.edit(),
      toggleHelp: () => this.#help.toggle(),
      clear: () => this.#clear(),
    })
  }
}
