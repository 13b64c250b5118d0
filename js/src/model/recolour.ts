/** Light figures to dark ones and back, by exchanging the colours of one palette for those of the other. */

export type Palette = Record<string, string>
export type Exchange = ReadonlyMap<string, string>

/** From every colour of either palette to the one of its role in `to`. Colours of nobody's palette stay. */
export function exchange(palettes: Palette[], to: Palette): Exchange {
  const map = new Map<string, string>()
  for (const palette of palettes) {
    for (const [role, colour] of Object.entries(palette)) map.set(colour, to[role] ?? colour)
  }
  return map
}

/** The same value with its colours exchanged, or undefined when there was nothing to exchange. */
export function exchanged(value: unknown, map: Exchange): unknown {
  if (typeof value === "string") {
    const other = recoloured(value, map)
    return other === value ? undefined : other
  }
  // Bokeh's `{value: "#rrggbb"}`: a property that could also be a column.
  if (value !== null && typeof value === "object" && "value" in value) {
    const other = exchanged((value as { value: unknown }).value, map)
    return other === undefined ? undefined : { ...value, value: other }
  }
  return undefined
}

/** A text (a colour, a tooltip's HTML, a whole figure's JSON) with its colours exchanged. */
export function recoloured(text: string, map: Exchange): string {
  return text.replace(/#[0-9a-f]{6}\b/g, (colour) => map.get(colour) ?? colour)
}
