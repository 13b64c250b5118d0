/** Signs and tones that tell a side or a result without colour too. */

export function tone(amount: number): "good" | "bad" | undefined {
  return amount > 0 ? "good" : amount < 0 ? "bad" : undefined
}

export function sideSign(sign: number): string {
  return sign > 0 ? "▲" : "▼"
}
