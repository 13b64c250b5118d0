// Body of a Bokeh CustomJSTicker: round UTC instants on an axis of trading time (axis.py).
// In: cb_data {start, end} in ms of trading time; starts, ends: the stretches cut out, ms UTC; most: how many ticks
// at most. Out: positions.
const MINUTE = 60e3, HOUR = 60 * MINUTE, DAY = 24 * HOUR
const STEPS = [1e3, 5e3, 15e3, 30e3, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR,
  6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, "month", "quarter", "year"]
const { start, end } = cb_data
const instant = (x) => {
  for (let i = 0; i < starts.length && x >= starts[i]; i++) x += ends[i] - starts[i]
  return x
}
const position = (t) => {
  let removed = 0
  for (let i = 0; i < starts.length && t > starts[i]; i++) removed += Math.min(t, ends[i]) - starts[i]
  return t - removed
}
const closed = (t) => starts.some((s, i) => t >= s && t < ends[i])
const from = instant(start), to = instant(end)
const round = (step) => {
  const times = []
  if (typeof step === "number") {
    const monday = step >= 7 * DAY ? 4 * DAY : 0 // 1970-01-05
    for (let t = Math.ceil((from - monday) / step) * step + monday; t <= to; t += step) times.push(t)
    return times
  }
  const months = { month: 1, quarter: 3, year: 12 }[step]
  const first = new Date(from)
  for (let m = Math.floor(first.getUTCMonth() / months) * months; ; m += months) {
    const t = Date.UTC(first.getUTCFullYear(), m)
    if (t > to) return times
    if (t >= from) times.push(t)
  }
}
const ticks = (step) => {
  const found = []
  for (const t of round(step)) {
    const shut = closed(t)
    // A time of day inside a night is left out; a date is where its first tick is.
    if (shut && typeof step === "number" && step < DAY) continue
    found.push({ x: position(t), shut })
  }
  const near = (end - start) / 14
  return found
    .filter((a, i) => !a.shut || !found.some((b, k) => k !== i && (!b.shut || k < i) && Math.abs(a.x - b.x) < near))
    .map((tick) => tick.x)
}
if (!(end > start)) return []
for (const step of STEPS) {
  // Over several days a time of day says nothing, however few of them lie in trading hours.
  if (typeof step === "number" && ((to - from) / step > 400 || (step < DAY && to - from > 4 * DAY))) continue
  const found = ticks(step)
  if (found.length <= most) return found
}
return ticks("year").filter((_, i, all) => i % Math.ceil(all.length / most) === 0)
