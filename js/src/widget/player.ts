/** The replay in a cell: the player over blocks from the kernel, its cursor kept equal with Python's. */

import type { Cursor } from "../model/frame"
import type { Meta } from "../model/meta"
import { Replay } from "../model/replay"
import { createPlayer } from "../player/player"
import { loadBokeh } from "./bokeh"
import { Channel, type WidgetModel } from "./channel"
import { KernelBlocks } from "./kernel"
import { Output } from "./output"
import { Sync, type SyncModel } from "./sync"
import { type Answer, type Ask, type Place, PROTOCOL, type Sent, WAITING } from "./talk"
import { followMode } from "./theme"

/** The part of anywidget's model that is used. */
interface PlayerModel extends WidgetModel<Answer>, SyncModel {
  on(event: string, listener: (...args: never[]) => void): void
  off(event: string, listener: (...args: never[]) => void): void
}

class PlayerView {
  #model: PlayerModel
  #output: Output
  #channel: Channel<Ask, Answer>

  constructor(model: PlayerModel, el: HTMLElement) {
    this.#model = model
    this.#output = new Output(el, "btl-stage", model.get("height") as number)
    this.#channel = new Channel<Ask, Answer>(model)
    this.#output.atEnd(() => this.#channel.close())
  }

  async start(): Promise<void> {
    const output = this.#output
    if (await output.open("the replay", WAITING, () => this.#open())) output.say("")
    else output.room.remove()
  }

  async #open(): Promise<void> {
    const model = this.#model
    if (model.get("protocol") !== PROTOCOL) throw new Error("page and kernel differ in version; reload the page")
    const meta: Meta = JSON.parse(model.get("meta") as string)
    const blocks = new KernelBlocks(this.#channel, meta)
    const alive = () => blocks.greet()
    model.on("comm_live_update", alive)
    this.#output.atEnd(
      () => blocks.close(),
      () => model.off("comm_live_update", alive),
    )
    const script = () => this.#channel.ask({ kind: "bokeh" }, "bokeh").then(({ bytes }) => bytes)
    const [bokeh, replay] = await Promise.all([
      loadBokeh(model.get("bokeh_version") as string, script),
      this.#replay(meta, blocks),
    ])
    if (this.#output.stopped) return
    let sync: Sync | undefined
    const trade = model.get("trade") as number | null
    const player = await createPlayer(this.#output.room, {
      bokeh,
      panes: model.get("panes") as string,
      columns: model.get("columns") as DataView,
      replay,
      at: cursorOf(model.get("place") as Place),
      ...(trade === null ? {} : { trade }),
      source: () => ({ kind: "kernel", note: blocks.trouble }),
      onCursor: () => sync?.moved(),
    })
    sync = new Sync(model, player)
    this.#output.atEnd(
      () => player.close(),
      () => sync?.close(),
      this.#channel.listen((answer) => answer.kind === "select" && player.select(answer.trade)),
      followMode((mode) => player.setMode(mode)),
    )
  }

  async #replay(meta: Meta, blocks: KernelBlocks): Promise<Replay> {
    const opening: Sent[] = JSON.parse(this.#model.get("opening") as string)
    await blocks.take(opening, this.#model.get("opening_bytes") as DataView)
    return Replay.open(meta, blocks)
  }

  stop(): void {
    this.#output.stop()
  }
}

function cursorOf([ts, taken]: Place): Cursor {
  return { ts, taken }
}

export default {
  render({ model, el }: { model: PlayerModel; el: HTMLElement }): () => void {
    const view = new PlayerView(model, el)
    void view.start()
    return () => view.stop()
  },
}
