/** Questions to the kernel and their answers. */

import type { Reply, Request } from "../model/messages"

/** The part of anywidget's model that is used. */
export interface WidgetModel {
  get(name: string): unknown
  send(message: unknown): void
  on(event: "msg:custom", listener: (message: Reply, buffers: DataView[]) => void): void
  off(event: "msg:custom", listener: (message: Reply, buffers: DataView[]) => void): void
}

export type Answer<K extends Reply["kind"]> = { reply: Extract<Reply, { kind: K }>; bytes: DataView }

const EMPTY = new DataView(new ArrayBuffer(0))

export class Channel {
  #model: WidgetModel
  #waiting = new Set<(message: Reply, bytes: DataView) => void>()
  #hear = (message: Reply, buffers: DataView[]) => {
    for (const listener of [...this.#waiting]) listener(message, buffers[0] ?? EMPTY)
  }

  constructor(model: WidgetModel) {
    this.#model = model
    model.on("msg:custom", this.#hear)
  }

  /** The first answer of that kind (and of the request's id, if it has one). Rejects when there is no kernel. */
  ask<K extends Reply["kind"]>(request: Request, kind: K): Promise<Answer<K>> {
    return new Promise((resolve, reject) => {
      const listener = (reply: Reply, bytes: DataView) => {
        if (reply.kind !== kind) return
        if ("id" in request && "id" in reply && reply.id !== request.id) return
        this.#waiting.delete(listener)
        resolve({ reply, bytes } as Answer<K>)
      }
      this.#waiting.add(listener)
      try {
        this.#model.send(request)
      } catch (error) {
        // After a kernel restart sending throws.
        this.#waiting.delete(listener)
        reject(error)
      }
    })
  }

  close(): void {
    this.#model.off("msg:custom", this.#hear)
    this.#waiting.clear()
  }
}
