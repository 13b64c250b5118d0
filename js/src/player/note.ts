/** The one line that says what is not as it was asked for, and why. */

import { clock } from "../model/format"
import type { Cursor, Frame } from "../model/frame"
import type { Meta } from "../model/meta"

export interface Situation {
  asked: Cursor
  shown: Frame
  kind: "kernel" | "capsule"
  ticks: Meta["has"]["ticks"]
  /** Blocks are on their way. */
  loading: boolean
  /** Why one that is missing could not be had. */
  failure: string | undefined
  /** The other end does not answer. */
  trouble: string | null
}

export function noteOf({ asked, shown, kind, ticks, loading, failure, trouble }: Situation): string | null {
  const what = asked.ts === shown.ts ? "before the ticks of" : "as of"
  const instead = shown.exact ? "" : `; shown ${what} ${clock(shown.ts)}`
  if (trouble !== null) return `${trouble}${instead}`
  if (failure !== undefined) return `${failure}${instead}`
  if (loading) return shown.exact ? "loading what is missing here" : `loading the ticks at ${clock(asked.ts)}${instead}`
  if (shown.exact) return null
  if (ticks === "none") return `no ticks ${kind === "capsule" ? "in this page" : "at hand"}${instead}`
  if (ticks === "around") return `this page has ticks around events only${instead}`
  return `the ticks at ${clock(asked.ts)} are not at hand${instead}`
}
