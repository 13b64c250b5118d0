/** The live result of a cell: loads BokehJS, draws the figure, follows theme and zoom, cleans up. */

import { parseFigure } from "../model/figure"
import { PROTOCOL } from "../model/messages"
import { type Exchange, exchange, type Palette, recoloured, recolouring } from "../model/recolour"
import { type BokehDocument, embed, loadBokeh, remove } from "./bokeh"
import { Channel, type WidgetModel } from "./channel"
import { Output } from "./output"
import { followMode, type Mode, pageMode } from "./theme"
import { Zoom } from "./zoom"

class ResultView {
  #model: WidgetModel
  #output: Output
  #channel: Channel

  constructor(model: WidgetModel, el: HTMLElement) {
    this.#model = model
    this.#output = new Output(el, "btl-live")
    this.#channel = new Channel(model)
    this.#output.atEnd(() => this.#channel.close())
  }

  start(): Promise<boolean> {
    return this.#output.open("the live charts", "waiting for the kernel to send the charts", () => this.#open())
  }

  async #open(): Promise<void> {
    const model = this.#model
    const output = this.#output
    if (model.get("protocol") !== PROTOCOL) throw new Error("page and kernel differ in version; reload the page")
    const script = () => this.#channel.ask({ kind: "bokeh" }, "bokeh").then(({ bytes }) => bytes)
    const bokeh = await loadBokeh(model.get("bokeh_version") as string, script)
    if (output.stopped) return
    const text = recoloured(model.get("figure") as string, this.#exchange(pageMode()))
    const json = parseFigure(text, model.get("columns") as DataView)
    const drawing = await embed(bokeh, json, output.room)
    const zoom = new Zoom(drawing, this.#channel, (note) => output.say(note))
    output.atEnd(
      () => remove(bokeh, drawing),
      followMode((mode) => this.#paint(drawing, mode)),
      () => zoom.stop(),
    )
    await idle(drawing)
    // From here on the style sheet hides the static picture.
    output.room.classList.add("btl-alive")
    output.say("")
  }

  stop(): void {
    this.#output.stop()
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
    this.#output.room.dataset.mode = mode
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
