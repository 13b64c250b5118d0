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
  if (Array.isArray(value)) {
    const others = value.map((one) => exchanged(one, map) ?? one)
    return others.some((one, i) => one !== value[i]) ? others : undefined
  }
  // Bokeh's `{value: "#rrggbb"}`: a property that could also be a column.
  if (value !== null && typeof value === "object" && "value" in value) {
    const other = exchanged((value as { value: unknown }).value, map)
    return other === undefined ? undefined : { ...value, value: other }
  }
  return undefined
}

/** What to set on a Bokeh model so that its colours are exchanged; nothing where it has none. */
export function recolouring(
  properties: Iterable<{ attr: string; get_value(): unknown }>,
  map: Exchange,
): Record<string, unknown> {
  const changes: Record<string, unknown> = {}
  for (const property of properties) {
    if (!hasColours(property.attr)) continue
    const value = exchanged(property.get_value(), map)
    if (value !== undefined) changes[property.attr] = value
  }
  return changes
}

function hasColours(attr: string): boolean {
  return attr.endsWith("color") || attr === "palette" || attr === "tooltips"
}

/** A text (a colour, a tooltip's HTML, a whole figure's JSON) with its colours exchanged. */
export function recoloured(text: string, map: Exchange): string {
  return text.replace(/#[0-9a-f]{6}\b/g, (colour) => map.get(colour) ?? colour)
}
