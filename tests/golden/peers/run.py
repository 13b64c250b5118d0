"""`make peers`: every case against its peer, one table; fails on a difference that no rule explains.

    python -m tests.golden.peers.run [--only WORDS] [--page]

`--page` writes the tables into docs/explanation/differences.md.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from backtestr_lab.units import format_micros

from .cases import CASES, DataMissing, compared
from .environments import version_of
from .peer import PeerMissing

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "differences.md"
MARKS = "<!-- peers: written by make peers-page -->\n", "<!-- peers: end -->"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Compare trade by trade with other people's engines.")
    parser.add_argument("--only", metavar="WORDS", help="cases whose name holds these words")
    parser.add_argument("--page", action="store_true", help="write docs/explanation/differences.md; needs every case")
    given = parser.parse_args(arguments)
    done, missing, unexplained = [], [], 0
    for case in CASES:
        if given.only and given.only not in str(case):
            continue
        try:
            found, unit = compared(case)
        except (PeerMissing, DataMissing) as error:
            missing.append(case)
            print(f"######## {case}: NOT COMPARED: {error} ########", flush=True)
            continue
        done.append((case, found, unit))
        _say(case, found, unit)
        unexplained += len(found.unexplained)
    print(f"\n{len(done)} cases compared, {len(missing)} not, {unexplained} differences unexplained")
    if given.page and not missing and not given.only:
        text = PAGE.read_text()
        head, _, rest = text.partition(MARKS[0])
        PAGE.write_text(head + MARKS[0] + _tables(done) + MARKS[1] + rest.partition(MARKS[1])[2])
    elif given.page:
        print(f"{PAGE.name} is left as it was: it takes every case")
        return 1
    return int(bool(unexplained) or not done)


def _say(case, found, unit):
    ours, theirs = (_profit(side, unit) for side in (found.ours, found.theirs))
    print(
        f"{case}: {len(found.ours.trades)} trades, theirs {len(found.theirs.trades)}, {found.equal} equal; "
        f"profit {ours:,.2f}, theirs {theirs:,.2f}",
        flush=True,
    )
    for (rule, why), (count, effect) in sorted(found.by_rule().items()):
        print(f"    {rule or 'UNEXPLAINED':<5} {count:>4} {effect * unit:>+12,.2f}  {why}")
    for d in found.unexplained:
        print(f"    {d.kind} of the trade decided at {format_micros(d.decided)}")
        print(f"        ours   {d.ours}\n        theirs {d.theirs}")


def _profit(side, unit):
    return sum(trade.gain for trade in side.trades) * unit


def _tables(done):
    """Two tables: what each case gave, and what each rule is worth where."""
    lines = [
        "| peer | strategy, data | trades | equal | profit | theirs | of the difference (times) |",
        "|---" * 7 + "|",
    ]
    reasons = defaultdict(lambda: [set(), 0])
    for case, found, unit in done:
        effects = defaultdict(lambda: [0, 0.0])
        for (rule, why), (count, effect) in found.by_rule().items():
            effects[rule][0] += count
            effects[rule][1] += effect * unit
            entry = reasons[rule, why.removesuffix(", and what follows")]
            entry[0].add(case.peer)
            entry[1] += count
        said = ", ".join(f"{rule} {effect:+,.2f} ({count})" for rule, (count, effect) in sorted(effects.items()))
        trades = " / ".join(dict.fromkeys(str(len(side.trades)) for side in (found.ours, found.theirs)))
        peer = case.peer + (f", {case.setting}" if case.setting else "")
        lines.append(
            f"| {peer} | {case.strategy}, {case.data} | {trades} | {found.equal} | {_profit(found.ours, unit):,.2f} "
            f"| {_profit(found.theirs, unit):,.2f} | {said or 'none'} |"
        )
    lines += ["", "| rule | what we do, and they don't | who | times |", "|---|---|---|---|"]
    for (rule, why), (peers, count) in sorted(reasons.items()):
        lines.append(f"| {rule} | {why} | {', '.join(sorted(peers))} | {count} |")
    versions = ", ".join(version_of(peer) for peer in sorted({case.peer for case, _, _ in done}))
    return f"Compared with: {versions}.\n\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
