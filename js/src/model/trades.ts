/** A round trip of the `trades` block. */

import type { MicroMoney } from "./meta"
import { type Columns, cell } from "./search"

/** Profit less commission. */
export function net(trades: Columns, row: number): MicroMoney {
  return cell(trades.profit, row) - cell(trades.commission, row)
}
