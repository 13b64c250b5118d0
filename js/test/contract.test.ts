/** Frames as Python has them, made here from blocks alone. Python writes them and starts this: tests/contract. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { openCapsule } from "../src/model/capsule"
import type { Cursor, Frame } from "../src/model/frame"
import { Replay } from "../src/model/replay"

interface Told {
  frames: { cursor: Cursor; frame: Omit<Frame, "missing"> }[]
  ticks?: [Cursor[], Cursor[]]
}

const folder = process.env.BACKTESTR_CONTRACT
const runs = folder ? readdirSync(folder).sort() : []
const KINDS = ["full", "around", "bare", "least"]

if (!folder) console.warn("BACKTESTR_CONTRACT is not set: the contract is tested by pytest tests/contract, not here")

test.skipIf(!folder)("there is a contract", () => {
  expect(runs.length).toBeGreaterThan(10)
})

for (const run of runs) {
  for (const kind of KINDS) {
    test(`T01 ${run}, ${kind}: every frame is the one that run.at has`, async () => {
      const told = read(run, kind)
      const forth = await open(run, kind)
      const back = await open(run, kind)

      for (const { cursor, frame } of told.frames) await compare(forth, cursor, frame)
      for (const { cursor, frame } of told.frames) expect(forth.frame(cursor)).toEqual({ ...frame, missing: [] })
      // What is kept from one frame to the next must not show when time runs backwards, or not at all.
      const later = [...told.frames].sort((a, b) => b.frame.ts - a.frame.ts || b.frame.taken - a.frame.taken)
      for (const { cursor, frame } of later) {
        await compare(back, cursor, frame)
        expect(back.frame(cursor)).toEqual({ ...frame, missing: [] })
      }
      for (const cursors of told.ticks ?? []) await walk(forth, cursors)
    })
  }
}

async function compare(replay: Replay, cursor: Cursor, frame: Told["frames"][number]["frame"]): Promise<void> {
  expect(await replay.settled(cursor), `at ${JSON.stringify(cursor)}`).toEqual({ ...frame, missing: [] })
}

/** From tick to tick, there and back. */
async function walk(replay: Replay, cursors: Cursor[]): Promise<void> {
  const [first, ...rest] = cursors
  let at = first as Cursor
  for (const cursor of rest) {
    at = await replay.step(at, "tick", 1)
    expect(at).toEqual(cursor)
  }
  for (const cursor of cursors.slice(0, -1).reverse()) {
    at = await replay.step(at, "tick", -1)
    expect(at).toEqual(cursor)
  }
}

function read(run: string, kind: string): Told {
  return JSON.parse(readFileSync(join(folder as string, run, `${kind}.json`), "utf8"))
}

function open(run: string, kind: string): Promise<Replay> {
  const path = join(folder as string, run, `${kind}.btlc`)
  expect(existsSync(path)).toBe(true)
  const { meta, blocks } = openCapsule(new Uint8Array(readFileSync(path)))
  return Replay.open(meta, blocks)
}
