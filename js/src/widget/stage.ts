/**
 * What a cell's player begins with: a loader, because a page imports the script of every widget anew and never lets go
 * of it. The player itself is asked for once per page and kept there, whatever number of players it shows.
 */

import { Channel, type WidgetModel } from "./channel"
import { importScript, unzip } from "./script"
import { type Answer, type Ask, QUIET_AFTER, WAITING } from "./talk"

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
  #el: HTMLElement
  #room = document.createElement("div") // the player's place, kept until it comes
  #note = document.createElement("div")
  #ends: (() => void)[] = []
  #stopped = false

  constructor(model: WidgetModel<Answer>, el: HTMLElement) {
    this.#model = model
    this.#el = el
    this.#room.className = "btl-stage"
    this.#room.style.height = `${model.get("height")}px`
    this.#note.className = "btl-note"
    this.#note.setAttribute("role", "status")
    el.append(this.#room, this.#note)
  }

  async start(): Promise<void> {
    const waiting = setTimeout(() => this.#say(WAITING), QUIET_AFTER)
    this.#ends.push(() => clearTimeout(waiting))
    try {
      const stage = await loadStage(this.#model.get("code") as string, () => this.#fetch())
      if (!this.#stopped) this.#show(stage)
    } catch (error) {
      if (this.#stopped) return
      this.#room.remove()
      this.#say(`the replay could not start: ${error instanceof Error ? error.message : error}`)
      console.warn("backtestr_lab:", error)
    } finally {
      clearTimeout(waiting)
    }
  }

  #show(stage: Stage): void {
    this.#room.remove()
    this.#note.remove()
    // In the element and not in the page's head: it may stand in a shadow root.
    const style = document.createElement("style")
    style.textContent = stage.style
    this.#el.append(style)
    this.#ends.push(() => style.remove(), stage.render({ model: this.#model, el: this.#el }))
  }

  #fetch(): Promise<DataView> {
    const channel = new Channel<Ask, Answer>(this.#model)
    const bytes = new Promise<DataView>((resolve, reject) => {
      channel.listen((answer) => {
        if (answer.kind === "error" && answer.asked === "code") reject(new Error(answer.error))
      })
      // Others may wait for what this one asked.
      this.#ends.push(() => reject(new Error("its cell was closed")))
      channel.ask({ kind: "code" }, "code").then((answer) => resolve(answer.bytes), reject)
    })
    return bytes.finally(() => channel.close())
  }

  stop(): void {
    this.#stopped = true
    for (const end of this.#ends.splice(0).reverse()) end()
  }

  #say(text: string): void {
    this.#note.textContent = text
  }
}

export default {
  render({ model, el }: { model: WidgetModel<Answer>; el: HTMLElement }): () => void {
    const view = new StageView(model, el)
    void view.start()
    return () => view.stop()
  },
}
