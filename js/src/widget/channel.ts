/** Questions to the kernel and their answers. */

import type { Reply, Request } from "../model/messages"

type Message = { kind: string }
type Listener<R> = (message: R, buffers: DataView[]) => void

/** The part of anywidget's model that is used. */
export interface WidgetModel<R = Reply> {
  get(name: string): unknown
  send(message: unknown): void
  on(event: "msg:custom", listener: Listener<R>): void
  off(event: "msg:custom", listener: Listener<R>): void
}

export type Answer<K extends string, R extends Message = Reply> = { reply: Extract<R, { kind: K }>; bytes: DataView }

const EMPTY = new DataView(new ArrayBuffer(0))

/** `Q` are the questions, `R` the answers; those of the result's charts unless said otherwise. */
export class Channel<Q extends Message = Request, R extends Message = Reply> {
  #model: WidgetModel<R>
  #listeners = new Set<(message: R, bytes: DataView) => void>()
  #hear = (message: R, buffers: DataView[]) => {
    for (const listener of [...this.#listeners]) listener(message, buffers[0] ?? EMPTY)
  }

  constructor(model: WidgetModel<R>) {
    this.#model = model
    model.on("msg:custom", this.#hear)
  }

  /** Throws when there is no kernel. */
  send(question: Q): void {
    this.#model.send(question)
  }

  /** Every message from now on. Returns what ends that. */
  listen(listener: (message: R, bytes: DataView) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The first answer of that kind (and of the request's id, if it has one). Rejects with the kernel's reason, if it has
   * one why there is none, and when there is no kernel. */
  ask<K extends R["kind"]>(request: Q, kind: K): Promise<Answer<K, R>> {
    return new Promise((resolve, reject) => {
      const done = this.listen((reply, bytes) => {
        if (isRefusal(reply) && reply.asked === request.kind) {
          done()
          reject(new Error(reply.error))
        }
        if (reply.kind !== kind) return
        if ("id" in request && "id" in reply && reply.id !== request.id) return
        done()
        resolve({ reply, bytes } as Answer<K, R>)
      })
      try {
        this.send(request)
      } catch (error) {
        // After a kernel restart sending throws.
        done()
        reject(error)
      }
    })
  }

  close(): void {
    this.#model.off("msg:custom", this.#hear)
    this.#listeners.clear()
  }
}

function isRefusal(reply: Message): reply is { kind: "error"; asked: string; error: string } {
  return reply.kind === "error" && "asked" in reply && "error" in reply
}
