/** Tells screen readers where the cursor is, seldom enough to be heard out. */

import { make } from "./dom"

const PAUSE = 1200 // ms between two things said

export class Announcer {
  readonly element = make("div", { class: "btl-p-unseen", role: "status", "aria-live": "polite" })
  #next = ""
  #timer: ReturnType<typeof setTimeout> | undefined

  /** The latest wins. */
  say(text: string): void {
    this.#next = text
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      if (this.element.textContent !== this.#next) this.element.textContent = this.#next
    }, PAUSE)
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}
