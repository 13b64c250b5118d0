/** Finer columns when somebody zooms: watches the time range, asks for what it shows, puts the answer in. */

import { unpack } from "../model/columns"
import type { TradingMs } from "../model/messages"
import type { BokehDocument, Model } from "./bokeh"
import type { Channel } from "./channel"

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
    try {
      const { reply, bytes } = await this.#channel.ask({ kind: "view", id, x }, "view")
      if (id !== this.#id) return // the latest wins
      if (reply.error !== undefined) return this.#note(reply.error)
      for (const [name, packed] of Object.entries(reply.columns)) {
        this.#document.get_model_by_name(name)?.setv({ data: unpack(packed, bytes) })
      }
      for (const [name, [start, end]] of Object.entries(reply.limits)) {
        this.#document.get_model_by_name(`${name}_range`)?.setv({ start, end })
      }
      const title = this.#document.get_model_by_name("price")?.properties.title?.get_value() as Model | undefined
      title?.setv({ text: reply.title })
      this.#note("")
    } catch {
      this.#note("no kernel: the charts show what the page has; run the cell again for more detail")
    }
  }
}
