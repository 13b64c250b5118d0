/** Is the page light or dark, and when does it change? */

export type Mode = "light" | "dark"

/** JupyterLab and Notebook say it on the body, VS Code with a class; elsewhere the system's wish counts. */
export function modeOf(body: HTMLElement, systemDark: boolean): Mode {
  const jupyter = body.dataset.jpThemeLight
  if (jupyter !== undefined) return jupyter === "false" ? "dark" : "light"
  const code = body.dataset.vscodeThemeKind
  if (code !== undefined) return code.includes("light") ? "light" : "dark"
  return systemDark ? "dark" : "light"
}

const DARK_SYSTEM = "(prefers-color-scheme: dark)"

export function pageMode(): Mode {
  return modeOf(document.body, window.matchMedia(DARK_SYSTEM).matches)
}

/** Calls `on` now and at every change; returns what ends that. */
export function followMode(on: (mode: Mode) => void): () => void {
  const system = window.matchMedia(DARK_SYSTEM)
  let last: Mode | undefined
  const look = () => {
    const mode = pageMode()
    if (mode !== last) on(mode)
    last = mode
  }
  const observer = new MutationObserver(look)
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"],
  })
  system.addEventListener("change", look)
  look()
  return () => {
    observer.disconnect()
    system.removeEventListener("change", look)
  }
}
