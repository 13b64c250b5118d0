/** The keyboard: one table, from which both the keys and their help are made. */

export type Action =
  | "play"
  | "stepBack"
  | "stepForward"
  | "barBack"
  | "barForward"
  | "eventBack"
  | "eventForward"
  | "start"
  | "end"
  | "tradeBack"
  | "tradeForward"
  | "fillBack"
  | "fillForward"
  | "rejection"
  | "loss"
  | "win"
  | "zoomIn"
  | "zoomOut"
  | "slower"
  | "faster"
  | "unit"
  | "time"
  | "ghost"
  | "focus"
  | "shorter"
  | "longer"
  | "clear"
  | "help"

export interface Key {
  keys: readonly string[] // as `chord` writes them
  action: Action
  label: string
  group: "Move" | "Jump" | "View"
}

export const KEYS: readonly Key[] = [
  { keys: ["Space"], action: "play", label: "play or pause", group: "Move" },
  { keys: ["←"], action: "stepBack", label: "one step back", group: "Move" },
  { keys: ["→"], action: "stepForward", label: "one step forward", group: "Move" },
  { keys: ["Shift ←"], action: "barBack", label: "one bar back", group: "Move" },
  { keys: ["Shift →"], action: "barForward", label: "one bar forward", group: "Move" },
  { keys: ["Alt ←", "Ctrl ←"], action: "eventBack", label: "one event back", group: "Move" },
  { keys: ["Alt →", "Ctrl →"], action: "eventForward", label: "one event forward", group: "Move" },
  { keys: ["u"], action: "unit", label: "another unit of steps", group: "Move" },
  { keys: [","], action: "slower", label: "slower", group: "Move" },
  { keys: ["."], action: "faster", label: "faster", group: "Move" },
  { keys: ["Home"], action: "start", label: "to the start", group: "Jump" },
  { keys: ["End"], action: "end", label: "to the end", group: "Jump" },
  { keys: ["["], action: "tradeBack", label: "trade before", group: "Jump" },
  { keys: ["]"], action: "tradeForward", label: "next trade", group: "Jump" },
  { keys: ["f"], action: "fillForward", label: "next fill", group: "Jump" },
  { keys: ["Shift F"], action: "fillBack", label: "fill before", group: "Jump" },
  { keys: ["r"], action: "rejection", label: "next rejection", group: "Jump" },
  { keys: ["l"], action: "loss", label: "largest loss", group: "Jump" },
  { keys: ["w"], action: "win", label: "largest win", group: "Jump" },
  { keys: ["t"], action: "time", label: "type a time", group: "Jump" },
  { keys: ["+", "="], action: "zoomIn", label: "fewer bars, larger", group: "View" },
  { keys: ["−"], action: "zoomOut", label: "more bars, smaller", group: "View" },
  {
    keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    action: "focus",
    label: "timeframe in the large chart",
    group: "View",
  },
  { keys: ["<"], action: "shorter", label: "shorter timeframe", group: "View" },
  { keys: [">"], action: "longer", label: "longer timeframe", group: "View" },
  { keys: ["g"], action: "ghost", label: "show or hide the future", group: "View" },
  { keys: ["Esc"], action: "clear", label: "let go of the range; close this", group: "View" },
  { keys: ["?"], action: "help", label: "this help", group: "View" },
]

/** Done with the mouse; only for the help. */
export const GESTURES: readonly (readonly [string, string])[] = [
  ["drag the timeline", "move the cursor"],
  ["Shift, drag the timeline", "mark a range to play in"],
  ["double click the timeline", "show the range; again: the whole run"],
  ["drag the large chart", "pan"],
  ["wheel over a chart", "zoom"],
  ["Shift, wheel", "bar by bar"],
  ["Alt, click; double click", "cursor to that instant"],
  ["click a small chart", "make it the large one"],
]

const NAMES: Record<string, string> = {
  " ": "Space",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  "-": "−",
  _: "−",
}

export interface Pressed {
  key: string
  shiftKey: boolean
  altKey: boolean
  ctrlKey: boolean
  metaKey: boolean
}

/** A key press as the table writes it: "Shift ←", "f", "?". */
export function chord({ key, shiftKey, altKey, ctrlKey, metaKey }: Pressed): string {
  const name = NAMES[key] ?? key
  // Shift is told where it does not change the character itself: "?" is the same on every layout.
  const shifted = shiftKey && (name.length > 1 || /[←→↑↓]/.test(name) || /\p{Lu}/u.test(name))
  return [ctrlKey && "Ctrl", altKey && "Alt", metaKey && "Meta", shifted && "Shift", name].filter(Boolean).join(" ")
}

const TABLE = new Map(KEYS.flatMap((key) => key.keys.map((name) => [name, key.action] as const)))

export function actionOf(pressed: Pressed): Action | undefined {
  return TABLE.get(chord(pressed))
}
