// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest"
import { followMode, type Mode, modeOf } from "../src/widget/theme"

let system: { matches: boolean; listeners: Set<() => void> }

beforeEach(() => {
  for (const name of Object.keys(document.body.dataset)) delete document.body.dataset[name]
  system = { matches: false, listeners: new Set() }
  window.matchMedia = () =>
    ({
      get matches() {
        return system.matches
      },
      addEventListener: (_: string, listener: () => void) => system.listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => system.listeners.delete(listener),
    }) as unknown as MediaQueryList
})

test.each([
  [{ jpThemeLight: "false" }, false, "dark"],
  [{ jpThemeLight: "true" }, true, "light"],
  [{ vscodeThemeKind: "vscode-dark" }, false, "dark"],
  [{ vscodeThemeKind: "vscode-high-contrast-light" }, true, "light"],
  [{}, true, "dark"],
  [{}, false, "light"],
])("a body with %o on a system whose wish for dark is %s is %s", (says, systemDark, mode) => {
  Object.assign(document.body.dataset, says)

  expect(modeOf(document.body, systemDark)).toBe(mode)
})

test("every change is told once, and none after the end", async () => {
  const told: Mode[] = []
  const end = followMode((mode) => told.push(mode))
  document.body.dataset.jpThemeLight = "false"
  await Promise.resolve()
  document.body.dataset.jpThemeLight = "true"
  await Promise.resolve()
  end()
  document.body.dataset.jpThemeLight = "false"
  await Promise.resolve()

  expect(told).toEqual(["light", "dark", "light"])
  expect(system.listeners.size).toBe(0)
})
