// Body of a Bokeh CustomJSTickFormatter: what a tick of trading time (axis.py) says, in UTC.
// In: tick, ticks in ms of trading time; starts, ends: the stretches cut out, ms UTC;
// short: one line only.
const DAY = 24 * 3600e3
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const instant = (x) => {
  for (let i = 0; i < starts.length && x >= starts[i]; i++) x += ends[i] - starts[i]
  return x
}
const date = (x) => new Date(instant(x))
const text = (n) => String(n).padStart(2, "0")
const now = date(tick)
const at = ticks.indexOf(tick)
const day_of = (x) => Math.floor(instant(x) / DAY)
const wide = ticks.length > 1 ? (date(ticks[ticks.length - 1]) - date(ticks[0])) / (ticks.length - 1) : 0
// The first date has the year, which makes it wide: it gives way to the next tick where that has a date of its own.
const first = !short && wide < 0.8 * DAY && ticks.length > 1 && day_of(ticks[0]) !== day_of(ticks[1]) ? 1 : 0
const before = at > first ? date(ticks[at - 1]) : null
const day = `${now.getUTCDate()} ${MONTHS[now.getUTCMonth()]}`
const year = now.getUTCFullYear()
const new_year = before === null || before.getUTCFullYear() !== year
const zone = before === null ? " UTC" : ""
const opening = now % DAY === 0 || ends.includes(Number(now))
const new_day = before === null || Math.floor(before / DAY) !== Math.floor(now / DAY)
const seconds = now.getUTCSeconds()
const clock = `${text(now.getUTCHours())}:${text(now.getUTCMinutes())}${seconds ? `:${text(seconds)}` : ""}`
if (short) {
  if (wide >= 25 * DAY) return new_year ? `${MONTHS[now.getUTCMonth()]} ${year}` : MONTHS[now.getUTCMonth()]
  return (wide >= 0.8 * DAY && opening) || (new_day && before !== null) ? day : clock
}
if (wide >= 25 * DAY) return `${MONTHS[now.getUTCMonth()]}${new_year ? `\n${year}${zone}` : ""}`
if (wide >= 0.8 * DAY && opening) return `${day}${new_year ? `\n${year}${zone}` : ""}`
return new_day && at >= first ? `${clock}\n${day}${new_year ? ` ${year}${zone}` : ""}` : clock
