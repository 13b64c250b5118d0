/** The line on top: what is seen, the cursor's time, the quote, where the data comes from. */

import { price } from "../model/format"
import type { Frame } from "../model/frame"
import type { Meta } from "../model/meta"
import { make, on, put, write } from "./dom"
import { icon } from "./icons"
import type { Action } from "./keys"
import type { TimeField } from "./timefield"

export interface HeadHooks {
  act(action: Action): void
  chooseSymbol(symbol: number): void
}

export class Head {
  readonly element: HTMLElement
  #meta: Meta
  #symbol: HTMLElement
  #bid = make("b", { class: "btl-p-price" })
  #ask = make("b", { class: "btl-p-price" })
  #spread = make("span", { class: "btl-p-price btl-p-spread" })
  #ghost: HTMLButtonElement
  #about: HTMLElement
  #from: string
  #source: HTMLButtonElement
  #ends: (() => void)[] = []

  constructor(meta: Meta, kind: "kernel" | "capsule", time: TimeField, hooks: HeadHooks) {
    this.#meta = meta
    this.#symbol = this.#symbols(hooks)
    this.#ghost = make(
      "button",
      {
        type: "button",
        class: "btl-p-chip",
        "aria-pressed": "false",
        title: "Draw what comes after the cursor, faintly (g)",
      },
      icon("ghost"),
      "future",
    )
    const live = kind === "kernel"
    this.#from = live ? "live from the kernel" : "from this page"
    this.#source = make(
      "button",
      { type: "button", class: "btl-p-chip btl-p-source", "data-kind": kind, "aria-expanded": "false" },
      this.#from,
    )
    this.#about = make("div", { class: "btl-p-about", hidden: true }, ...aboutLines(meta, live))
    const help = make(
      "button",
      {
        type: "button",
        class: "btl-p-chip btl-p-question",
        "aria-label": "Keys and gestures",
        title: "Keys and gestures (?)",
      },
      "?",
    )
    const pair = (name: string, value: HTMLElement) => make("span", { class: "btl-p-pair" }, make("i", {}, name), value)
    this.element = make(
      "header",
      { class: "btl-p-head" },
      make(
        "div",
        { class: "btl-p-who" },
        make("b", { class: "btl-p-name" }, meta.name),
        make("span", { class: "btl-p-scope", title: meta.scope }, meta.scope),
      ),
      time.element,
      make(
        "div",
        { class: "btl-p-quote" },
        this.#symbol,
        pair("bid", this.#bid),
        pair("ask", this.#ask),
        pair("spread", this.#spread),
      ),
      make(
        "div",
        { class: "btl-p-tools" },
        make("div", { class: "btl-p-sourcebox" }, this.#source, this.#about),
        this.#ghost,
        help,
      ),
    )
    this.#ends.push(
      on(this.#ghost, "click", () => hooks.act("ghost")),
      on(help, "click", () => hooks.act("help")),
      on(this.#source, "click", () => this.#toggleAbout(this.#about.hidden)),
    )
  }

  update(frame: Frame, symbol: number, ghost: boolean, trouble: string | null): void {
    const about = this.#meta.symbols[symbol]
    const quote = frame.quotes[symbol]
    if (about) {
      write(this.#bid, quote ? price(quote.bid, about) : "–")
      write(this.#ask, quote ? price(quote.ask, about) : "–")
      write(this.#spread, quote ? `${((quote.ask - quote.bid) / about.pip).toFixed(1)} pips` : "–")
    }
    if (this.#symbol instanceof HTMLSelectElement && this.#symbol.value !== String(symbol))
      this.#symbol.value = String(symbol)
    put(this.#ghost, "aria-pressed", ghost ? "true" : "false")
    // What is wrong stands before the colon, what follows from it in the note below.
    write(this.#source, trouble?.split(":")[0] ?? this.#from)
    put(this.#source, "data-trouble", trouble !== null)
  }

  /** Closes what it opened; false when nothing was open. */
  fold(): boolean {
    const open = !this.#about.hidden
    this.#toggleAbout(false)
    return open
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  #toggleAbout(open: boolean): void {
    this.#about.hidden = !open
    put(this.#source, "aria-expanded", open ? "true" : "false")
  }

  #symbols({ chooseSymbol }: HeadHooks): HTMLElement {
    const { symbols } = this.#meta
    if (symbols.length === 1) return make("b", { class: "btl-p-symbol" }, symbols[0]?.name ?? "")
    const select = make("select", { class: "btl-p-select", "aria-label": "Symbol" })
    select.append(...symbols.map(({ name }, i) => make("option", { value: i }, name)))
    this.#ends.push(on(select, "change", () => chooseSymbol(Number(select.value))))
    return select
  }
}

/** What there is to move through, in words. */
function aboutLines(meta: Meta, live: boolean): HTMLElement[] {
  const ticks = {
    all: "every tick of the run",
    around: "the ticks around every event",
    none: "no ticks, so that nothing inside a bar can be seen",
  }[meta.has.ticks]
  const lines = [
    live
      ? `The kernel sends what is looked at: ${ticks}, all bars, the journal.`
      : `Everything is in this page, without a kernel: all bars, the journal, ${ticks}.`,
    ...meta.dropped,
    ...(meta.stopped ? [`The run ended early: ${meta.stopped}.`] : []),
  ]
  return lines.map((line) => make("p", {}, /[.!?]$/.test(line) ? line : `${line}.`))
}
