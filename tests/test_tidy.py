"""The house stays tidy: layers, library owners, light import, docstrings, rule numbers, file lengths.

Each check is a table at the top and a few lines below it. A new module, library or rule is one entry.
"""

import ast
import builtins
import doctest
import importlib
import inspect
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import backtestr_lab

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "backtestr_lab"

# Each unit of the package (module or folder) and the units it may import. Nothing looks up.
_BASE = {"errors", "units", "symbols", "records", "jit", "interrupts", "limits"}
_MIDDLE = {"store", "strategy", "indicators", "engine", "bars"}
MAY_IMPORT = {
    "__init__": set(),
    "errors": set(),
    "process": set(),
    "interrupts": set(),
    "limits": {"errors", "interrupts", "process"},
    "jit": set(),
    "units": {"errors"},
    "symbols": {"errors", "units"},
    "records": {"errors", "units", "symbols"},
    "bars": _BASE,
    "indicators": _BASE,
    "engine": _BASE | {"bars"},
    "store": _BASE | {"bars"},
    "strategy": _BASE | {"indicators", "engine"},
    "runs": _BASE | _MIDDLE | {"__init__"},  # the version, for the manifest
    "replay": _BASE | _MIDDLE | {"runs"},
    "magic": _BASE | _MIDDLE | {"runs", "replay", "__init__"},
    "cli": _BASE | _MIDDLE | {"runs", "replay", "magic", "__init__"},
    "__main__": {"cli"},
}
# (file, function) -> the unit above it that this function alone may import: a run shows itself.
EXCEPTIONS = {
    ("runs/run.py", "_ipython_display_"): "replay",
    ("runs/run.py", "plot"): "replay",
    ("runs/run.py", "replay"): "replay",
    ("runs/run.py", "to_html"): "replay",
    ("__init__.py", "load_ipython_extension"): "magic",
}
# Library -> where it may be imported: a folder, or a file.
OWNERS = {
    "duckdb": {"store/"},
    "pyarrow": {"store/"},
    "talib": {"indicators/talib.py"},
    "bokeh": {"replay/"},
    "anywidget": {"replay/"},
    "ipywidgets": {"replay/"},
    "matplotlib": {"replay/"},
    "IPython": {"magic/", "replay/"},
    "platformdirs": {"store/"},
    "numba": {"jit.py", "bars/", "engine/", "strategy/"},
}
# Pure: no clock, no file, no log, no table, no chance; one file makes tables of bars for those who ask.
PURE = ("bars", "engine")
EDGES = {("bars/frame.py", "pandas")}
IMPURE = {"asyncio", "io", "logging", "os", "pandas", "pathlib", "random", "secrets", "socket", "tempfile", "time"}
HEAVY = ("IPython", "anywidget", "bokeh", "duckdb", "matplotlib", "numba", "pandas", "pyarrow", "talib")
LONGEST = 500  # lines

RULES = {"U": 5, "R": 13, "C": 6, "O": 4, "F": 10, "P": 7, "S": 10, "T": 4, "M": 1, "D": 6}
# Rules that hold today: each is claimed in the package and has a test with its number. The others wait for a feature.
HOLDING = """
    U1 U2 U3 U4 U5
    R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13
    C1 C2 C3 C4 C5 C6
    O1 O2 O3 O4
    F1 F2 F3 F4 F5 F6 F7 F8 F9
    P1 P2 P3 P7
    S1 S2 S3 S4 S5 S6 S7 S8 S9 S10
    T1 T2 T3 T4
    M1
    D1 D2 D3 D4 D6
"""
IN_SCOPE = HOLDING.split()


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def unit_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def dotted(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path):
    """(absolute module, line, enclosing function) of every import statement, those inside functions included."""
    package = list(path.relative_to(ROOT).parent.parts)

    def visit(node, function):
        for child in ast.iter_child_nodes(node):
            inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if isinstance(child, ast.Import):
                yield from ((alias.name, child.lineno, inner) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = package[: len(package) - child.level + 1] if child.level else []
                source = ".".join(base + ([child.module] if child.module else []))
                # `from . import x` names a module, or an attribute of the package; both are inside that unit.
                for alias in child.names:
                    yield (f"{source}.{alias.name}" if source == "backtestr_lab" else source), child.lineno, inner
            else:
                yield from visit(child, inner)

    return visit(tree(path), None)


def own_imports():
    """(path, unit imported, line, enclosing function) inside the package."""
    for path in modules():
        for module, line, function in imports(path):
            parts = module.split(".")
            if parts[0] == "backtestr_lab":
                unit = parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else "__init__"
                yield path, unit, line, function


def libraries():
    """(path, library, line) of every import from outside the package."""
    for path in modules():
        for module, line, _ in imports(path):
            if not module.startswith("backtestr_lab"):
                yield path, module.split(".")[0], line


def test_every_module_has_its_place_in_the_direction_table():
    units = {unit_of(path) for path in modules()}

    assert units <= set(MAY_IMPORT)


def test_layers_never_look_up():
    upward = [
        f"{name_of(path)}:{line} imports {unit}"
        for path, unit, line, function in own_imports()
        if unit != unit_of(path)
        and unit not in MAY_IMPORT[unit_of(path)]
        and EXCEPTIONS.get((name_of(path), function)) != unit
    ]

    assert upward == []


def test_each_library_is_imported_by_its_owner_alone():
    strays = [
        f"{name_of(path)}:{line} imports {library}"
        for path, library, line in libraries()
        if library in OWNERS and not any(name_of(path).startswith(owner) for owner in OWNERS[library])
    ]

    assert strays == []


def test_bars_and_engine_are_pure():
    impure = [
        f"{name_of(path)}:{line} imports {library}"
        for path, library, line in libraries()
        if unit_of(path) in PURE and library in IMPURE and (name_of(path), library) not in EDGES
    ]

    assert impure == []


def test_the_package_imports_light():
    code = f"import sys, backtestr_lab; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", backtestr_lab.__all__)
def test_a_public_name_has_a_docstring_with_an_example(name):
    value = getattr(backtestr_lab, name)
    doc = inspect.getdoc(value) or ""

    assert "Examples\n--------" in doc and ">>> " in doc


@pytest.mark.parametrize("module", [dotted(p) for p in modules() if p.name != "__main__.py"])
def test_the_examples_of_a_module_run(module, monkeypatch):
    # Doctests leave their last value as `_` among the builtins; IPython then never sets the notebook's.
    monkeypatch.setattr(builtins, "_", None, raising=False)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    result = doctest.testmod(importlib.import_module(module), optionflags=flags)

    assert result.failed == 0


def test_the_rules_are_numbered_without_gap_or_repeat():
    text = (ROOT / "docs/reference/rules.md").read_text(encoding="utf-8")

    assert re.findall(r"^- \*\*([A-Z]\d+)\*\* ", text, re.M) == all_rules()


def all_rules():
    return [f"{letter}{number}" for letter, count in RULES.items() for number in range(1, count + 1)]


_RANGE = r"[URCOFPSTMD]\d{1,2}(?:-[URCOFPSTMD]?\d{1,2})?"


def claims(text):
    """Rule numbers in parentheses, `(R7, R11)` or `(U1-U4)`, as docstrings and comments name them."""
    found = set()
    for group in re.findall(rf"\(({_RANGE}(?:, {_RANGE})*)(?:[,;:][^)]*)?\)", text):
        for item in group.split(", "):
            first, _, last = item.partition("-")
            last = last.lstrip(first[0]) or first[1:]
            found |= {f"{first[0]}{n}" for n in range(int(first[1:]), int(last) + 1)}
    return found


@cache
def claimed():
    return {rule: name_of(path) for path in modules() for rule in claims(path.read_text(encoding="utf-8"))}


@cache
def proved():
    pattern = re.compile(r"^(?:async )?def test_([A-Z])(\d\d)_", re.M)
    # The oracle's own tests, in tests/reference, prove the oracle and not the package.
    files = [p for p in (ROOT / "tests").rglob("test_*.py") if p.parent.name != "reference"]
    return {f"{letter}{int(n)}" for p in files for letter, n in pattern.findall(p.read_text(encoding="utf-8"))}


def test_rules_named_by_code_and_tests_exist():
    named = {f"{rule} in {place}" for rule, place in claimed().items() if rule not in all_rules()}
    named |= {f"{rule} in a test's name" for rule in proved() if rule not in all_rules()}

    assert named == set()


@pytest.mark.parametrize("rule", IN_SCOPE)
def test_a_rule_that_holds_is_named_by_its_code_and_by_a_test(rule):
    assert rule in claimed()
    assert rule in proved()


def test_claims_are_read_in_all_their_forms():
    assert claims("(R7, R11) and (U1-U3), (C6; why) but not M5 or H1") == {"R7", "R11", "U1", "U2", "U3", "C6"}


def test_a_long_file_says_on_top_why():
    long = {p: p.read_text(encoding="utf-8") for p in [*modules(), *(ROOT / "tests").rglob("*.py")]}
    unexplained = [
        p.relative_to(ROOT).as_posix()
        for p, text in long.items()
        if text.count("\n") > LONGEST and not re.search(r"(?i)\blong\b[^.]* because", text[:2000])
    ]

    assert unexplained == []


def tracked():
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_files_name_no_machine_and_no_shared_folder():
    # Written in pieces, so that this file passes its own test.
    places = re.compile("|".join(["/wor" + "k/", "/hom" + "e/(?!jovyan)", "/Use" + "rs/", r"\bshared/da" + "ta"]))
    named = [
        p.relative_to(ROOT).as_posix()
        for p in tracked()
        if p != ROOT / ".ci/run" and places.search(p.read_bytes().decode("utf-8", "replace"))
    ]

    assert named == []
