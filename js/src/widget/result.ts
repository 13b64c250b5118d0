/** The live result of a cell: loads BokehJS, draws the figure, follows theme and zoom, cleans up. */

import { parseFigure } from "../model/figure"
import { PROTOCOL } from "../model/messages"
import { type Exchange, exchange, type Palette, recoloured, recolouring } from "../model/recolour"
import { type BokehDocument, embed, loadBokeh, remove } from "./bokeh"
import { Channel, type WidgetModel } from "./channel"
import { followMode, type Mode, pageMode } from "./theme"
import { Zoom } from "./zoom"

const QUIET_AFTER = 15_000 // ms without an answer before the page says what it waits for

class ResultView {
  #model: WidgetModel
  #root = document.createElement("div")
  #note = document.createElement("div")
  #channel: Channel
  #ends: (() => void)[] = []
  #stopped = false

  constructor(model: WidgetModel, el: HTMLElement) {
    this.#model = model
    this.#channel = new Channel(model)
    this.#root.className = "btl-live"
    this.#note.className = "btl-note"
    el.append(this.#root, this.#note)
  }

  async start(): Promise<void> {
    const waiting = setTimeout(() => this.#say("waiting for the kernel to send the charts"), QUIET_AFTER)
    try {
      if (this.#model.get("protocol") !== PROTOCOL)
        throw new Error("page and kernel differ in version; reload the page")
      const script = () => this.#channel.ask({ kind: "bokeh" }, "bokeh").then(({ bytes }) => bytes)
      const bokeh = await loadBokeh(this.#model.get("bokeh_version") as string, script)
      if (this.#stopped) return
      const text = recoloured(this.#model.get("figure") as string, this.#exchange(pageMode()))
      const json = parseFigure(text, this.#model.get("columns") as DataView)
      const drawing = await embed(bokeh, json, this.#root)
      const zoom = new Zoom(drawing, this.#channel, (note) => this.#say(note))
      this.#ends.push(
        () => remove(bokeh, drawing),
        followMode((mode) => this.#paint(drawing, mode)),
        () => zoom.stop(),
      )
      await idle(drawing)
      // From here on the style sheet hides the static picture.
      this.#root.classList.add("btl-alive")
      this.#say("")
      if (this.#stopped) this.stop()
    } catch (error) {
      this.#say(`the live charts could not start: ${error instanceof Error ? error.message : error}`)
      console.warn("backtestr_lab:", error)
    } finally {
      clearTimeout(waiting)
    }
  }

  stop(): void {
    this.#stopped = true
    for (const end of this.#ends.splice(0).reverse()) end()
    this.#channel.close()
  }

  #say(text: string): void {
    this.#note.textContent = text
  }

  #palettes(): Record<Mode, Palette> {
    return JSON.parse(this.#model.get("palette") as string)
  }

  #exchange(mode: Mode): Exchange {
    const { light, dark } = this.#palettes()
    return exchange([light, dark], mode === "dark" ? dark : light)
  }

  #paint(drawing: BokehDocument, mode: Mode): void {
    const map = this.#exchange(mode)
    for (const model of drawing.all_models) {
      const changes = recolouring(model, map)
      if (Object.keys(changes).length > 0) model.setv(changes)
    }
    this.#root.dataset.mode = mode
  }
}

function idle(drawing: BokehDocument): Promise<void> {
  return new Promise((resolve) => {
    if (drawing.is_idle) resolve()
    else drawing.idle.connect(() => resolve())
  })
}

export default {
  render({ model, el }: { model: WidgetModel; el: HTMLElement }): () => void {
    const view = new ResultView(model, el)
    void view.start()
    return () => view.stop()
  },
}
