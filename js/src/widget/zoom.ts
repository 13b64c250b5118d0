/** Finer columns when somebody zooms: watches the time range, asks for what it shows, puts the answer in. */

import { unpack } from "../model/columns"
import type { TradingMs } from "../model/messages"
import type { BokehDocument, Model } from "./bokeh"
import type { Answer, Channel } from "./channel"

const REST = 90 // ms the range must rest before the kernel is asked

export class Zoom {
  #document: BokehDocument
  #channel: Channel
  #time: Model | null
  #timer: ReturnType<typeof setTimeout> | undefined
  #id = 0
  #note: (text: string) => void
  #moved = () => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ask(), REST)
  }

  constructor(document: BokehDocument, channel: Channel, note: (text: string) => void) {
    this.#document = document
    this.#channel = channel
    this.#note = note
    this.#time = document.get_model_by_name("time")
    for (const side of ["start", "end"]) this.#time?.properties[side]?.change.connect(this.#moved)
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const side of ["start", "end"]) this.#time?.properties[side]?.change.disconnect(this.#moved)
  }

  async #ask(): Promise<void> {
    const x = ["start", "end"].map((side) => this.#time?.properties[side]?.get_value()) as [TradingMs, TradingMs]
    const id = ++this.#id
    let answer: Answer<"view">
    try {
      answer = await this.#channel.ask({ kind: "view", id, x }, "view")
    } catch {
      return this.#note("no kernel: the charts show what the page has; run the cell again for more detail")
    }
    if (id === this.#id) this.#show(answer) // the latest wins
  }

  #show({ reply, bytes }: Answer<"view">): void {
    if (reply.error !== undefined) {
      this.#note(reply.error)
      return
    }
    for (const [name, packed] of Object.entries(reply.columns)) {
      this.#document.get_model_by_name(name)?.setv({ data: unpack(packed, bytes) })
    }
    for (const [name, [start, end]] of Object.entries(reply.limits)) {
      this.#document.get_model_by_name(`${name}_range`)?.setv({ start, end })
    }
    const title = this.#document.get_model_by_name("price")?.properties.title?.get_value() as Model | undefined
    title?.setv({ text: reply.title })
    this.#note("")
  }
}
