"""Does every planted bug turn its tests red? ``python tests/mutants/run.py [--shard 1/4] [--jobs 2] [WORD ...]``

Each bug is planted in a copy of the package, and the tests named for it run there, uncompiled, in a fork of this
process that has loaded numba and pandas already: compiling the engine for each would take ten times as long. Words
choose bugs by rule or description. Results are kept in build/mutants.json until package or tests change, so an
interrupted run goes on where it stopped. Exit code 1 when a bug survives.
"""

import argparse
import contextlib
import hashlib
import importlib
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from planted import MUTANTS  # noqa: E402

KEPT = ROOT / "build/mutants.json"
TIMEOUT = 300  # seconds for one bug; most take two
SOURCES = (
    "backtestr_lab",
    "tests/engine",
    "tests/properties",
    "tests/reference",
    "tests/conftest.py",
    "pyproject.toml",
)
PRELOADED = ("numba", "numba.experimental.structref", "pandas", "pytest", "hypothesis", "zoneinfo")


def main():
    options = read_options()
    shard, shards = options.shard
    chosen = [
        m for m in MUTANTS if not options.words or any(w.lower() in f"{m.rule} {m.what}".lower() for w in options.words)
    ]
    chosen = chosen[shard - 1 :: shards]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        house = copy_of(ROOT, Path(folder) / "house")  # what changes meanwhile does not matter
        stamp = stamp_of(house)
        kept = {} if options.again else read_kept()
        known = {m: kept[k] for m in chosen if (k := key(m, stamp)) in kept}
        still_open = [m for m in chosen if m not in known]
        print(f"{len(chosen)} planted bugs, {len(known)} known from before", flush=True)
        if still_open:
            load()
            check_that_all_is_green(house, still_open, options.jobs)
        for mutant, result in judged(house, still_open, options.jobs):
            known[mutant] = kept[key(mutant, stamp)] = result
            KEPT.parent.mkdir(exist_ok=True)
            KEPT.write_text(json.dumps(kept, indent=1), encoding="utf-8")
            show(mutant, result)
    survivors = [m for m in chosen if known[m]["green"]]
    seconds = sum(result["seconds"] for result in known.values())
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} planted bugs found, {seconds:.0f} s of tests")
    for mutant in survivors:
        show(mutant, known[mutant])
    sys.exit(1 if survivors else 0)


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="only those whose rule or description has one of these")
    parser.add_argument("--shard", default=(1, 1), type=lambda text: tuple(map(int, text.split("/"))))
    parser.add_argument("--jobs", default=min(2, os.cpu_count() or 1), type=int)
    parser.add_argument("--again", action="store_true", help="forget what is known from before")
    return parser.parse_args()


def load():
    """Import what every fork needs, and nothing of ours: that comes from the copy with the bug in it."""
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    # Two bugs planted within a second, of equal length, would share their bytecode.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.path[:] = [p for p in sys.path if p not in ("", str(ROOT))]
    for name in PRELOADED:
        importlib.import_module(name)
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")  # integers that overflow on purpose


def check_that_all_is_green(house, mutants, jobs):
    """Without a bug every test named must pass: red would mean nothing."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    parts = [(k, None, tests[k::jobs]) for k in range(jobs)]
    red = {test for _, result in forked(house, parts, jobs) for test in result["red"]}
    if red:
        sys.exit(f"red without any planted bug: {', '.join(sorted(red))}")


def judged(house, mutants, jobs):
    """(mutant, result) as they are done; `green` lists the tests that did not notice."""
    tasks = [(mutant, mutant, mutant.tests) for mutant in mutants]
    for mutant, result in forked(house, tasks, jobs):
        red = set(mutant.tests) if result["late"] else set(result["red"])
        yield mutant, {"green": sorted(set(mutant.tests) - red), "seconds": result["seconds"]}


def forked(house, tasks, jobs):
    """Run (label, mutant or None, tests) each in a fork and a copy of its own, `jobs` at a time."""
    fork = multiprocessing.get_context("fork")
    waiting, running = list(tasks), []
    while waiting or running:
        while waiting and len(running) < jobs:
            label, mutant, tests = waiting.pop(0)
            place = Path(tempfile.mkdtemp(dir=house.parent))
            process = fork.Process(target=work, args=(house, place, mutant, tests))
            process.start()
            running.append((process, time.monotonic(), place, label))
        time.sleep(0.02)
        for one in list(running):
            process, began, place, label = one
            late = time.monotonic() - began > TIMEOUT
            if late:
                process.kill()
            if late or not process.is_alive():
                process.join()
                running.remove(one)
                if not late and process.exitcode:
                    sys.exit(f"{label}: the tests could not run\n{(place / 'output').read_text()[-3000:]}")
                red = [] if late else json.loads((place / "red").read_text())
                shutil.rmtree(place)
                yield label, {"red": red, "late": late, "seconds": round(time.monotonic() - began, 1)}


def work(house, place, mutant, tests):
    """In the fork: copy the house, plant the bug, run each test up to its first red case."""
    import pytest

    with (place / "output").open("w") as output, contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        copy_of(house, place)
        if mutant:
            file = place / "backtestr_lab" / mutant.file
            file.write_text(file.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
        os.chdir(place)
        sys.path.insert(0, str(place))
        red = []
        for test in tests:
            code = pytest.main(["-x", "-q", "--tb=line", "-p", "no:cacheprovider", "-W", "ignore", f"tests/{test}"])
            if code == pytest.ExitCode.TESTS_FAILED:
                red.append(test)
            elif code != pytest.ExitCode.OK:
                sys.exit(f"{test}: {code!r}")
        (place / "red").write_text(json.dumps(red), encoding="utf-8")


def copy_of(root, place):
    """Package and tests, in a folder of their own."""
    for name in SOURCES:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
        else:
            shutil.copy(root / name, place / name)
    return place


def stamp_of(house):
    digest = hashlib.sha256()
    for file in sorted(path for path in house.rglob("*") if path.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def key(mutant, stamp):
    return hashlib.sha256(f"{stamp}{mutant}".encode()).hexdigest()[:20]


def read_kept():
    try:
        return json.loads(KEPT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def show(mutant, result):
    word = "SURVIVES" if result["green"] else "found"
    print(f"{mutant.rule:4} {word:8} {result['seconds']:5.1f} s  {mutant.what}", flush=True)
    for test in result["green"]:
        print(f"{'':21}green: {test}", flush=True)


if __name__ == "__main__":
    main()
