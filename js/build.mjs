// Builds what the Python package ships: src/widget/*.ts -> backtestr_lab/static.
import { copyFile, mkdir } from "node:fs/promises"
import { context } from "esbuild"

const out = "../backtestr_lab/static"
await mkdir(out, { recursive: true })
const builder = await context({
  entryPoints: { result: "src/widget/result.ts" },
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
})
await copyFile("src/widget/result.css", `${out}/result.css`)
if (process.argv.includes("--watch")) {
  await builder.watch()
} else {
  await builder.rebuild()
  await builder.dispose()
}
