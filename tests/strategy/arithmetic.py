"""Random strategies of arithmetic: every operator and function that could differ between compiled code and Python."""

FLOATS = ["bar.close", "bar.high", "self.x", "a[i]", "a[j]", "0.3", "-2.25", "float(i)", "self.ema[-1]", "k", "np.nan"]
WHOLES = ["i", "j", "3", "-7", "self.n", "len(a)"]
TRUTHS = ["self.on", "bar.close > 1.1", "i < j", "self.x > 3"]
FLOAT_RULES = [
    "({f} + {f})",
    "({f} - {f})",
    "({f} * {f})",
    "({f} / ({f} + 3.7))",
    "({f} // 0.37)",
    "({f} % 1.7)",
    "abs({f}) ** 2",
    "abs({f}) ** 3",
    "abs({f}) ** 1.7",
    "abs({f}) ** 0.5",
    "min({f}, {f})",
    "max({f}, {f}, {f})",
    "round({f}, 3)",
    "np.sin({f})",
    "np.tanh({f})",
    "np.exp(-abs({f}))",
    "np.log(abs({f}) + 0.1)",
    "math.atan({f})",
    "math.sqrt(abs({f}))",
    "({f} if {b} else {f})",
    "np.mean(a[:9]) * {f}",
    "(a.std() + {f})",
    "np.maximum({f}, {f})",
    "float({i})",
    "blend({f}, {i})",
    "np.sum(a * {f})",
]
WHOLE_RULES = [
    "({i} + {i})",
    "({i} * {i}) % 1000",
    "({i} - {i})",
    "({i} // -4)",
    "({i} // 7)",
    "({i} % -3)",
    "abs({i})",
    "min({i}, {i})",
    "({i} & 15)",
    "(1 if {b} else {i})",
    "({i} % 7) ** 2",
]
TRUTH_RULES = ["{f} > {f}", "not {b}", "({b} and {b})", "({b} or {b})", "{i} == {i}", "np.isnan({f})"]

TEXT = """
class T(Strategy):
    timeframe = "15m"
    def init(self):
        self.x, self.n, self.on = 0.5, 3, True
        self.a = np.random.default_rng(1).normal(size=16)
        self.floats, self.sums = np.zeros(8), np.zeros(8)
        self.wholes, self.truths = np.zeros(4, int), np.zeros(4, bool)
        self.ema = ta.ema("5m", 3)
    def on_bar(self, bar):
        a = self.a
        i = self.n % 16
        j = (self.n * 7) % 16
{lines}
        for q in range(8):
            if abs(self.floats[q]) < 1e6:
                self.sums[q] += self.floats[q]
        self.x = self.sums[0] % 13.7 + self.sums[3] % 3.1
        self.on = self.truths[0]
        self.n += 1
"""


def blend(x, n):
    """A function of the notebook."""
    s = 0.0
    for q in range(3):
        s += x / (q + 1.5) - n
    return s


def random_strategy(random):
    """The text of a strategy; `random` is a random.Random."""

    def grow(leaves, rules, depth):
        if depth <= 0:
            return random.choice(leaves)
        rule = random.choice(rules)
        while "{" in rule:
            at = rule.index("{")
            kind = {"f": (FLOATS, FLOAT_RULES), "i": (WHOLES, WHOLE_RULES), "b": (TRUTHS, TRUTH_RULES)}[rule[at + 1]]
            rule = rule[:at] + grow(*kind, depth - 1) + rule[at + 3 :]
        return rule

    lines = [f"self.floats[{q}] = {grow(FLOATS, FLOAT_RULES, 3)}" for q in range(8)]
    lines += [f"self.wholes[{q}] = {grow(WHOLES, WHOLE_RULES, 3)}" for q in range(4)]
    lines += [f"self.truths[{q}] = {grow(TRUTHS, TRUTH_RULES, 2)}" for q in range(4)]
    return TEXT.format(lines="\n".join("        " + line for line in lines))
