// Builds what the Python package ships: src/widget and src/page -> backtestr_lab/static.
import { copyFile, mkdir } from "node:fs/promises"
import { context } from "esbuild"

const out = "../backtestr_lab/static"
await mkdir(out, { recursive: true })
const builder = await context({
  entryPoints: [
    { in: "src/widget/result.ts", out: "result" },
    { in: "src/widget/stage.ts", out: "stage" },
    { in: "src/widget/player.ts", out: "player" },
    { in: "src/page/page.ts", out: "page" },
    { in: "src/player/player.css", out: "player" },
  ],
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
await copyFile("src/widget/cell.css", `${out}/cell.css`)
if (process.argv.includes("--watch")) {
  await builder.watch()
} else {
  await builder.rebuild()
  await builder.dispose()
}
