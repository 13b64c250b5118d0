/** Icons, drawn on a field of 16 by 16 in the colour of the text. */

const PATHS = {
  start: "M3.5 3v10M13 3.4v9.2L6 8z",
  end: "M12.5 3v10M3 3.4v9.2L10 8z",
  back: "M10.6 3.2v9.6L4 8z",
  forward: "M5.4 3.2v9.6L12 8z",
  play: "M4.5 2.6v10.8L13 8z",
  pause: "M4 3h2.8v10H4zM9.2 3H12v10H9.2z",
  before: "M9.8 3.5 5.2 8l4.6 4.5",
  after: "M6.2 3.5 10.8 8l-4.6 4.5",
  fold: "M4 6l4 4 4-4",
  close: "M4 4l8 8M12 4l-8 8",
  ghost: "M4.5 2.5v3M4.5 10.5v3M3 5.5h3v5H3zM11.5 2.5v2M11.5 11.5v2M10 4.5h3v7h-3z",
} as const

export type IconName = keyof typeof PATHS

const FILLED = new Set<IconName>(["start", "end", "back", "forward", "play", "pause"])

/** Hidden from screen readers: what it stands in has the label. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
  svg.setAttribute("viewBox", "0 0 16 16")
  svg.setAttribute("class", FILLED.has(name) ? "btl-p-icon btl-p-filled" : "btl-p-icon")
  svg.setAttribute("aria-hidden", "true")
  path.setAttribute("d", PATHS[name])
  svg.append(path)
  return svg
}

export function setIcon(button: Element, name: IconName): void {
  if (button.getAttribute("data-icon") === name) return
  button.setAttribute("data-icon", name)
  button.replaceChildren(icon(name))
}
