/** Keys that arrive in the player, and no others: the page around it keeps its own. */

import { on } from "./dom"
import { type Action, actionOf } from "./keys"

export class Keyboard {
  #root: HTMLElement
  #ends: (() => void)[]
  #byPointer: Element | null = null

  /** `act` returns false when there was nothing to do, so that the key is the page's. */
  constructor(root: HTMLElement, act: (action: Action, key: string) => boolean) {
    this.#root = root
    this.#ends = [
      on(root, "keydown", (event) => {
        this.#byPointer = null
        // A letter that means nothing here must not delete a notebook's cell.
        if (!event.ctrlKey && !event.metaKey && !event.altKey && isPlain(event.key)) event.stopPropagation()
        const action = actionOf(event)
        if (action === undefined || isTyping(event)) return
        if (!act(action, event.key)) return
        event.preventDefault()
        event.stopPropagation()
      }),
      // The mouse leaves the keys where they are, so that space is play and not the button that was clicked last.
      on(root, "mousedown", (event) => {
        const control = (event.target as Element).closest("button, select, input, .btl-p-list")
        this.#byPointer = control
        if (control instanceof HTMLButtonElement) event.preventDefault()
        if (!control || control instanceof HTMLButtonElement) this.focus()
      }),
      on(root, "change", (event) => {
        if (event.target === this.#byPointer) this.focus()
      }),
    ]
  }

  focus(): void {
    if (!this.#root.contains(document.activeElement) || document.activeElement !== this.#root)
      this.#root.focus({ preventScroll: true })
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }
}

/** Keys that pages take for commands of their own, unlike Tab, Escape or F5. */
function isPlain(key: string): boolean {
  return key.length === 1 || /^(Arrow|Page|Home|End|Delete|Backspace|Enter)/.test(key)
}

/** Whether a key belongs to the control it was pressed in. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0]
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return true
  if (target instanceof HTMLSelectElement) return event.key !== "Escape"
  if (target instanceof HTMLButtonElement) return event.key === " " || event.key === "Enter"
  return false
}
