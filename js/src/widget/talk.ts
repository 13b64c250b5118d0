/** What the player and the kernel say to each other (backtestr_lab/replay/player.py). */

export const PROTOCOL = 1

export type Ask = { kind: "code" } | { kind: "bokeh" } | { kind: "hello" } | { kind: "blocks"; keys: string[] }

/** Where a block lies in the bytes beside the message, or why it could not be made. */
export type Sent = { key: string; at: number; length: number; error?: undefined } | { key: string; error: string }

export type Answer =
  | { kind: "code" }
  | { kind: "bokeh"; version: string }
  | { kind: "hello" }
  | { kind: "blocks"; blocks: Sent[] }
  | { kind: "select"; trade: number }
  | { kind: "error"; asked: string; error: string }

/** Traits of the widget: `place` is where the cursor is, as it travels. */
export type Place = [ts: number, taken: number | null]

/** Sentences for the user; the player shows them as they are. */
export const WAITING = "waiting for the kernel to send the player"
export const BUSY = "the kernel is busy: what is missing here comes when its cell has ended"
export const GONE = "no kernel: the player shows what the page has; run the cell again for the rest"
