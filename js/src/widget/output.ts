/** What a widget has of its cell: room for what it shows, and below it a note for what there is to say. */

export const QUIET_AFTER = 15_000 // ms without an answer before the page says what it waits for

export class Output {
  readonly el: HTMLElement
  readonly room = document.createElement("div")
  readonly note = document.createElement("div")
  #ends: (() => void)[] = []
  #stopped = false

  constructor(el: HTMLElement, name: string, height?: number) {
    this.el = el
    this.room.className = name
    if (height !== undefined) this.room.style.height = `${height}px`
    this.note.className = "btl-note"
    this.note.setAttribute("role", "status")
    el.append(this.room, this.note)
  }

  get stopped(): boolean {
    return this.#stopped
  }

  say(text: string): void {
    this.note.textContent = text
  }

  /** Done when the cell's output goes, the last first. */
  atEnd(...ends: (() => void)[]): void {
    this.#ends.push(...ends)
  }

  /** Opens what is to be here. Says `waiting` while that takes long, and why `what` could not start when it fails. */
  async open(what: string, waiting: string, open: () => Promise<void>): Promise<boolean> {
    const late = setTimeout(() => this.say(waiting), QUIET_AFTER)
    this.atEnd(() => clearTimeout(late))
    try {
      await open()
      return true
    } catch (error) {
      if (!this.#stopped) {
        this.say(`${what} could not start: ${error instanceof Error ? error.message : error}`)
        console.warn("backtestr_lab:", error)
      }
      return false
    } finally {
      clearTimeout(late)
      // What was opened after the cell's output had gone goes as well.
      if (this.#stopped) this.stop()
    }
  }

  stop(): void {
    this.#stopped = true
    for (const end of this.#ends.splice(0).reverse()) end()
  }
}
