/** The row of buttons: play, steps, speed, jumps, and the range that is played. */

import { clock } from "../model/format"
import type { Meta } from "../model/meta"
import type { Unit } from "../model/replay"
import { make, on, put, write } from "./dom"
import { type IconName, icon, setIcon } from "./icons"
import type { Action } from "./keys"
import type { Motion, Stride } from "./motion"
import { PACES, paceText } from "./pace"

const UNITS: readonly Unit[] = ["tick", "event", "fill", "trade", "day"]

const JUMPS: readonly [Action, string][] = [
  ["rejection", "next rejection"],
  ["loss", "largest loss"],
  ["win", "largest win"],
  ["fillForward", "next fill"],
  ["fillBack", "fill before"],
  ["tradeForward", "next trade"],
  ["tradeBack", "trade before"],
]

export class Transport {
  readonly element: HTMLElement
  #motion: Motion
  #play: HTMLButtonElement
  #unit: HTMLSelectElement
  #pace: HTMLSelectElement
  #range: HTMLElement
  #rangeText: HTMLElement
  #ends: (() => void)[] = []

  constructor(meta: Meta, motion: Motion, act: (action: Action) => void) {
    this.#motion = motion
    const button = (action: Action, name: IconName, label: string, key: string) => {
      const made = make(
        "button",
        { type: "button", class: "btl-p-button", title: `${label} (${key})`, "aria-label": label },
        icon(name),
      )
      this.#ends.push(on(made, "click", () => act(action)))
      return made
    }
    this.#play = button("play", "play", "Play", "space")
    this.#play.classList.add("btl-p-play")
    this.#unit = this.#select("Unit of a step", "Unit of a step (u)", [
      ["bar", "bar"],
      ...meta.timeframes.map(({ name }): [string, string] => [`bar ${name}`, `${name} bar`]),
      ...UNITS.map((unit): [string, string] => [unit, unit]),
    ])
    this.#pace = this.#select(
      "Speed",
      "Speed (, and .)",
      PACES.map((pace, i): [string, string] => [String(i), paceText(pace)]),
    )
    const jumps = this.#select("Jump to", "Jump to", [["", "Jump to …"], ...JUMPS])
    const clear = button("clear", "close", "Let go of the range", "Esc")
    this.#rangeText = make("span", {})
    this.#range = make("div", { class: "btl-p-range", hidden: true }, this.#rangeText, clear)
    this.#ends.push(
      on(this.#unit, "change", () => {
        motion.stride = strideOf(this.#unit.value)
      }),
      on(this.#pace, "change", () => motion.setPace(Number(this.#pace.value))),
      on(jumps, "change", () => {
        const action = jumps.value as Action
        jumps.value = ""
        act(action)
      }),
    )
    const group = (...children: HTMLElement[]) => make("div", { class: "btl-p-group" }, ...children)
    this.element = make(
      "div",
      { class: "btl-p-transport", role: "toolbar", "aria-label": "Movement" },
      group(
        button("start", "start", "To the start", "Home"),
        button("stepBack", "back", "One step back", "←"),
        this.#play,
        button("stepForward", "forward", "One step forward", "→"),
        button("end", "end", "To the end", "End"),
      ),
      group(caption("step", this.#unit), caption("speed", this.#pace)),
      group(
        button("tradeBack", "before", "Trade before", "["),
        make("span", { class: "btl-p-caption" }, make("span", {}, "trade")),
        button("tradeForward", "after", "Next trade", "]"),
      ),
      group(jumps),
      this.#range,
    )
  }

  update(): void {
    const { playing, paceIndex, stride, range } = this.#motion
    setIcon(this.#play, playing ? "pause" : "play")
    put(this.#play, "aria-label", playing ? "Pause" : "Play")
    const value = stride.timeframe ? `bar ${stride.timeframe}` : stride.unit
    if (this.#unit.value !== value) this.#unit.value = value
    if (this.#pace.value !== String(paceIndex)) this.#pace.value = String(paceIndex)
    if (this.#range.hidden !== (range === null)) this.#range.hidden = range === null
    if (range) write(this.#rangeText, `range ${clock(range[0]).slice(5, 16)} – ${clock(range[1]).slice(5, 16)}`)
  }

  /** The next unit of steps. */
  turnUnit(): void {
    const { options, selectedIndex } = this.#unit
    const next = options[(selectedIndex + 1) % options.length]
    if (!next) return
    this.#motion.stride = strideOf(next.value)
    this.update()
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  #select(label: string, title: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
    const select = make("select", { class: "btl-p-select", "aria-label": label, title })
    for (const [value, text] of options) select.append(make("option", { value }, text))
    return select
  }
}

function strideOf(value: string): Stride {
  const [unit, timeframe] = value.split(" ")
  return { unit: unit as Unit, timeframe: timeframe ?? null }
}

function caption(text: string, control: HTMLElement): HTMLElement {
  return make("label", { class: "btl-p-caption" }, make("span", {}, text), control)
}
