/** The account's panel. */

import { money, signedMoney } from "../model/format"
import type { Frame } from "../model/frame"
import { tone } from "./signs"
import { Table } from "./table"

export class AccountTable {
  readonly table = new Table("Account", ["", ""], "")

  fill(frame: Frame): void {
    const open = frame.equity - frame.balance
    const down = Math.max(frame.peak - frame.equity, 0)
    const share = frame.peak > 0 ? ` (${((100 * down) / frame.peak).toFixed(2)} %)` : ""
    this.table.fill([
      { cells: [{ text: "Equity" }, { text: money(frame.equity) }] },
      { cells: [{ text: "Balance" }, { text: money(frame.balance) }] },
      { cells: [{ text: "Open profit" }, { text: signedMoney(open), tone: tone(open) }] },
      { cells: [{ text: "Drawdown" }, { text: `${money(down)}${share}`, tone: down > 0 ? "bad" : undefined }] },
    ])
  }
}
