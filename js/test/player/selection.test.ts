import { expect, test } from "vitest"
import type { Cursor } from "../../src/model/frame"
import { Selection } from "../../src/player/selection"

function chosen() {
  const said: string[] = []
  const motion = {
    cursor: { ts: 0, taken: null } as Cursor,
    go(cursor: Cursor) {
      motion.cursor = cursor
    },
  }
  const run = {
    trades: {
      entry_ts: Float64Array.of(10, 20, 30),
      profit: Float64Array.of(5, -3, -8),
      commission: Float64Array.of(0, 0, 0),
      symbol: Float64Array.of(0, 1, 0),
    },
    entryOf: (trade: number): Cursor => ({ ts: 10 * (trade + 1), taken: trade }),
    exitOf: (trade: number): Cursor => ({ ts: 10 * (trade + 1) + 5, taken: trade }),
  }
  return { selection: new Selection(run, motion, (text) => said.push(text)), motion, said }
}

test("a trade is chosen at its entry, and no longer when the cursor moves away", () => {
  const { selection, motion } = chosen()
  selection.select(1)
  const at = [motion.cursor.ts, selection.trade, selection.symbol]
  motion.go({ ts: 21, taken: null })

  expect([at, selection.trade]).toEqual([[20, 1, 1], null])
})

test("chosen again it goes to the exit, and back", () => {
  const { selection, motion } = chosen()
  const seen = [1, 1, 1, 0].map((trade) => {
    selection.choose(trade)
    return [motion.cursor.ts, selection.trade]
  })

  expect(seen).toEqual([
    [20, 1],
    [25, 1],
    [20, 1],
    [10, 0],
  ])
})

test("a trade that does not exist is said, with those that do", () => {
  const { selection, motion, said } = chosen()
  const there = [selection.select(3), selection.select(-1), selection.select(0.5)]

  expect([there, motion.cursor.ts]).toEqual([[false, false, false], 0])
  expect(said[0]).toBe("there is no trade 3; this run has trades 0 to 2")
})

test("the largest loss, and pressed again the next", () => {
  const { selection } = chosen()
  const seen = [1, 2, 3].map(() => {
    selection.jump("losses")
    return selection.trade
  })

  expect(seen).toEqual([2, 1, 2])
})
