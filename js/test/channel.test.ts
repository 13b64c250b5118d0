import { expect, test } from "vitest"
import type { Reply, TradingMs } from "../src/model/messages"
import { Channel, type WidgetModel } from "../src/widget/channel"

class Kernel implements WidgetModel {
  asked: unknown[] = []
  listeners = new Set<(message: Reply, buffers: DataView[]) => void>()
  get = () => undefined
  send(message: unknown): void {
    this.asked.push(message)
  }
  on(_event: string, listener: (message: Reply, buffers: DataView[]) => void): void {
    this.listeners.add(listener)
  }
  off(_event: string, listener: (message: Reply, buffers: DataView[]) => void): void {
    this.listeners.delete(listener)
  }
  say(message: Reply, ...buffers: DataView[]): void {
    for (const listener of this.listeners) listener(message, buffers)
  }
}

const x: [TradingMs, TradingMs] = [0 as TradingMs, 1 as TradingMs]

test("an answer goes to the request of its id", async () => {
  const kernel = new Kernel()
  const channel = new Channel(kernel)
  const first = channel.ask({ kind: "view", id: 1, x }, "view")
  const second = channel.ask({ kind: "view", id: 2, x }, "view")
  kernel.say({ kind: "view", id: 2, error: "two" })
  kernel.say({ kind: "view", id: 1, error: "one" })

  expect([(await first).reply.error, (await second).reply.error]).toEqual(["one", "two"])
})

test("an answer without bytes has none", async () => {
  const kernel = new Kernel()
  const asked = new Channel(kernel).ask({ kind: "bokeh" }, "bokeh")
  kernel.say({ kind: "bokeh", version: "3" })

  expect((await asked).bytes.byteLength).toBe(0)
})

test("a kernel that is gone rejects the question", async () => {
  const kernel = new Kernel()
  kernel.send = () => {
    throw new Error("comm is closed")
  }

  await expect(new Channel(kernel).ask({ kind: "bokeh" }, "bokeh")).rejects.toThrow("comm is closed")
})

test("a question the kernel cannot answer is rejected with its reason, others wait on", async () => {
  const kernel = new Kernel()
  const channel = new Channel(kernel)
  const bokeh = channel.ask({ kind: "bokeh" }, "bokeh")
  const view = channel.ask({ kind: "view", id: 1, x }, "view")
  kernel.say({ kind: "error", asked: "bokeh", error: "no Bokeh here" } as unknown as Reply)
  kernel.say({ kind: "view", id: 1, error: "one" })

  await expect(bokeh).rejects.toThrow("no Bokeh here")
  expect((await view).reply.error).toBe("one")
})

test("a closed channel listens no more", () => {
  const kernel = new Kernel()
  new Channel(kernel).close()

  expect(kernel.listeners.size).toBe(0)
})
