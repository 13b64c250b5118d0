// Builds what the Python package ships: src/widget and src/page -> backtestr_lab/static.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises"
import { context } from "esbuild"

const out = "../backtestr_lab/static"
await mkdir(out, { recursive: true })
const builder = await context({
  entryPoints: { result: "src/widget/result.ts", player: "src/widget/player.ts", page: "src/page/page.ts" },
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
})
await copyFile("src/widget/result.css", `${out}/result.css`)
await copyFile("src/page/page.css", `${out}/page.css`)
await copyFile("src/page/first.js", `${out}/first.js`)
const player = await Promise.all(["src/player/player.css", "src/widget/cell.css"].map((file) => readFile(file, "utf8")))
await writeFile(`${out}/player.css`, player.join("\n"))
if (process.argv.includes("--watch")) {
  await builder.watch()
} else {
  await builder.rebuild()
  await builder.dispose()
}
