/** What each action of the keyboard and the buttons does. */

import type { Replay } from "../model/replay"
import type { Action } from "./keys"
import type { Motion } from "./motion"
import type { Selection } from "./selection"
import type { Sights } from "./sights"
import { NOTCH, wheelFactor } from "./zoom"

/** What actions act on. */
export interface Deck {
  replay: Replay
  motion: Motion
  sights: Sights
  selection: Selection
  /** Changes what is seen, and shows it. */
  see(change: () => void): void
  focus(timeframe: string | undefined): void
  turnUnit(): void
  typeTime(): void
  toggleHelp(): void
  /** False when nothing was open. */
  clear(): boolean
}

/** Returns false when there was nothing to do, so that the key is the page's. */
export function act(action: Action, key: string, deck: Deck): boolean {
  if (action === "clear") return deck.clear()
  const { replay, motion, sights, selection } = deck
  const step = (unit: "bar" | "event" | "fill" | "trade", direction: 1 | -1) => () =>
    motion.step(direction, { unit, timeframe: null })
  const deeds: Record<Exclude<Action, "clear">, () => unknown> = {
    play: () => motion.toggle(performance.now()),
    stepBack: () => motion.step(-1),
    stepForward: () => motion.step(1),
    barBack: step("bar", -1),
    barForward: step("bar", 1),
    eventBack: step("event", -1),
    eventForward: step("event", 1),
    fillBack: step("fill", -1),
    fillForward: step("fill", 1),
    tradeBack: step("trade", -1),
    tradeForward: step("trade", 1),
    start: () => motion.start(),
    end: () => motion.end(),
    rejection: () => motion.jump(isKind(replay, ["REJECTED", "REQUEST_REJECTED"]), "rejection"),
    loss: () => selection.jump("losses"),
    win: () => selection.jump("wins"),
    slower: () => motion.setPace(motion.paceIndex - 1),
    faster: () => motion.setPace(motion.paceIndex + 1),
    unit: () => deck.turnUnit(),
    time: () => deck.typeTime(),
    zoomIn: () => deck.see(() => sights.zoom(null, wheelFactor(-NOTCH), 0.5)),
    zoomOut: () => deck.see(() => sights.zoom(null, wheelFactor(NOTCH), 0.5)),
    focus: () => deck.focus(replay.meta.shown[Number(key) - 1]),
    shorter: () => deck.focus(sights.neighbour(-1)),
    longer: () => deck.focus(sights.neighbour(1)),
    ghost: () => deck.see(() => sights.turnFuture()),
    help: () => deck.toggleHelp(),
  }
  deeds[action]()
  return true
}

function isKind({ events, meta }: Replay, codes: readonly string[]): (row: number) => boolean {
  return (row) => codes.includes(meta.codes.events[events.kind?.[row] ?? 0] ?? "")
}
