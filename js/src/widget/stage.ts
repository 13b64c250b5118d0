/**
 * What a cell's player begins with: a loader, because a page imports the script of every widget anew and never lets go
 * of it. The player itself is asked for once per page and kept there, whatever number of players it shows.
 */

import { Channel, type WidgetModel } from "./channel"
import { Output, QUIET_AFTER } from "./output"
import { importScript, unzip } from "./script"
import { type Answer, type Ask, WAITING } from "./talk"

/** The part of player.ts that is used. */
export interface Stage {
  style: string
  render(place: { model: WidgetModel<Answer>; el: HTMLElement }): () => void
}
type Module = { default: Pick<Stage, "render"> }

const SHELF = Symbol.for("backtestr_lab.player")
type Shelf = { [SHELF]?: Map<string, Promise<Stage>> }

/** `fetch` brings code and style, gzipped; it is called when the page has none of this version, or waits in vain. */
export async function loadStage(version: string, fetch: () => Promise<DataView>): Promise<Stage> {
  const page = globalThis as Shelf
  page[SHELF] ??= new Map()
  const shelf = page[SHELF]
  let tried: Promise<Stage> | undefined
  for (;;) {
    const another = shelf.get(version)
    if (!another || another === tried) break
    // Who asked may have gone, and its kernel with it.
    const stage = await inTime(another.catch(() => undefined))
    if (stage) return stage
    tried = another
  }
  const loading = fetch().then(start)
  shelf.set(version, loading)
  // A failed try must not be what every later player gets.
  loading.catch(() => shelf.get(version) === loading && shelf.delete(version))
  return loading
}

function inTime<T>(promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => resolve(undefined), QUIET_AFTER)
    promise.then(resolve, reject).finally(() => clearTimeout(late))
  })
}

async function start(bytes: DataView): Promise<Stage> {
  const { script, style }: { script: string; style: string } = JSON.parse(await unzip(bytes))
  const { render } = (await importScript<Module>(script)).default
  return { style, render }
}

class StageView {
  #model: WidgetModel<Answer>
  #output: Output // keeps the player's room until it comes

  constructor(model: WidgetModel<Answer>, el: HTMLElement) {
    this.#model = model
    this.#output = new Output(el, "btl-stage", model.get("height") as number)
  }

  async start(): Promise<void> {
    const output = this.#output
    const opened = await output.open("the replay", WAITING, async () => {
      const stage = await loadStage(this.#model.get("code") as string, () => this.#fetch())
      if (!output.stopped) this.#show(stage)
    })
    if (!opened) output.room.remove()
  }

  #show(stage: Stage): void {
    const { el, room, note } = this.#output
    room.remove()
    note.remove()
    // In the element and not in the page's head: it may stand in a shadow root.
    const style = document.createElement("style")
    style.textContent = stage.style
    el.append(style)
    this.#output.atEnd(() => style.remove(), stage.render({ model: this.#model, el }))
  }

  #fetch(): Promise<DataView> {
    const channel = new Channel<Ask, Answer>(this.#model)
    const bytes = new Promise<DataView>((resolve, reject) => {
      // Others may wait for what this one asked.
      this.#output.atEnd(() => reject(new Error("its cell was closed")))
      channel.ask({ kind: "code" }, "code").then((answer) => resolve(answer.bytes), reject)
    })
    return bytes.finally(() => channel.close())
  }

  stop(): void {
    this.#output.stop()
  }
}

export default {
  render({ model, el }: { model: WidgetModel<Answer>; el: HTMLElement }): () => void {
    const view = new StageView(model, el)
    void view.start()
    return () => view.stop()
  },
}
