/** The player in a page of its own: everything it needs is in the page, as the Python side laid it out (export.py). */

import { openCapsule } from "../model/capsule"
import type { Cursor } from "../model/frame"
import { Replay } from "../model/replay"
import { createPlayer, type Player } from "../player/player"
import { loadBokeh } from "../widget/bokeh"
import { followMode, pageMode } from "../widget/theme"

interface Setting {
  bokeh: string // version
  at: Cursor
  trade: number | null
}

/** What the page's first script left: shows the static picture, and why. */
type Page = typeof globalThis & { btlStill?: (why: string) => void }

async function start(): Promise<Player> {
  const setting: Setting = JSON.parse(textOf("setting"))
  const { meta, blocks } = await openCapsule(bytesOf("capsule"))
  const columns = bytesOf("columns")
  const [bokeh, replay] = await Promise.all([
    loadBokeh(setting.bokeh, async () => viewOf(bytesOf("bokeh"))),
    Replay.open(meta, blocks),
  ])
  const player = await createPlayer(element("stage"), {
    bokeh,
    panes: textOf("panes"),
    columns: viewOf(columns),
    replay,
    at: setting.at,
    ...(setting.trade === null ? {} : { trade: setting.trade }),
    source: () => ({ kind: "capsule", note: null }),
  })
  followMode((mode) => player.setMode(mode))
  document.documentElement.dataset.state = "ready"
  return player
}

/** The page's own switch speaks as JupyterLab does, so that summary and player follow it alike. */
function followSwitch(): void {
  const button = element("theme")
  const system = window.matchMedia("(prefers-color-scheme: dark)")
  const show = (dark: boolean) => {
    document.body.dataset.jpThemeLight = String(!dark)
    button.setAttribute("aria-pressed", String(dark))
  }
  show(system.matches)
  system.addEventListener("change", () => show(system.matches))
  button.addEventListener("click", () => show(pageMode() === "light"))
}

function element(name: string): HTMLElement {
  const found = document.getElementById(`btl-${name}`)
  if (!found) throw new Error(`the page is cut short: it has no ${name}; write it again`)
  return found
}

function textOf(name: string): string {
  return element(name).textContent ?? ""
}

function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  const text = atob(textOf(name))
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(bytes.buffer)
}

followSwitch()
start().catch((error: unknown) => {
  console.warn("backtestr_lab:", error)
  ;(globalThis as Page).btlStill?.(error instanceof Error ? error.message : String(error))
})
