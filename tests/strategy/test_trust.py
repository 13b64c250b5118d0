"""What a cell that is not trusted may not reach, and what must not stand in the way of one's own (S6)."""

import ast
import os
import pathlib
import re
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab.strategy.allowed import BUILTINS, IMPORTS, METHODS, MODULES, NAMES
from backtestr_lab.strategy.trust import check, findings, trusted_always

NOTEBOOK = {"np": np, "pd": pd, "lab": lab, "ta": lab.ta, "Strategy": lab.Strategy}


def found(text, folder=None, **names):
    return findings(ast.parse(textwrap.dedent(text).strip("\n")), NOTEBOOK | names, folder)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import os", "import os reaches this process"),
        ("import os.path as p", "import os.path reaches this process"),
        ("from os import remove", "import os reaches this process"),
        ("from pathlib import Path", "import pathlib reaches files"),
        ("import urllib.request", "import urllib.request reaches the network"),
        ("import requests", "import requests reaches the network"),
        ("import torch", "import torch is not among the modules"),
        ("import importlib", "import importlib runs code"),
        ("import scipy.io", "import scipy.io reaches files"),
        ("from numpy import load", "import numpy.load reaches files"),
        ("from numpy import *\nload('x.npy')", "numpy.load reaches files"),
        ("from . import other", "cannot be read before it runs"),
        ("x = open('t.csv')", "open reaches files"),
        ("f = open", "open reaches files"),
        ("exec('1')", "exec runs code"),
        ("eval('1')", "eval runs code"),
        ("compile('1', 'x', 'eval')", "compile runs code"),
        ("__import__('os')", "__import__ runs code"),
        ("input()", "input waits"),
        ("exit()", "exit ends this process"),
        ("__builtins__['open']", "__builtins__ reaches"),
        ("np.load('x.npy')", "np.load reaches files"),
        ("np.save('x.npy', 1)", "np.save reaches files"),
        ("np.zeros(3).tofile('x')", ".tofile reaches files"),
        ("np.lib.npyio.DataSource", "np.lib.npyio.DataSource reaches files"),
        ("pd.read_csv('x.csv')", "pd.read_csv reaches files"),
        ("pd.DataFrame().to_pickle('x')", ".to_pickle reaches files"),
        ("pd.io.common.os.remove('x')", "reaches"),
        ("import random\nrandom._os.remove('x')", "random._os.remove reaches this process"),
        ("lab.Store('x').ingest('y')", ".ingest reaches files"),
        ("lab.Store().sql('COPY ...')", ".sql reaches files"),
        ("run.to_html('x')", ".to_html reaches files"),
        ("().__class__.__base__.__subclasses__()", "__ reaches what is not written here"),
        ("getattr(np, 'load')('x')", "np.load reaches files"),
        ("getattr((), '__class__')", ".__class__ reaches"),
        ("getattr(np, name)", "getattr with a name that is not written here"),
        ("get_ipython().system('rm -r *')", "!rm -r * runs a program"),
        ("x = get_ipython().getoutput('ls')", "!ls runs a program"),
        ("get_ipython().run_line_magic('cd', '..')", "%cd .. is a command"),
        ("def f(x=open('a')): pass", "open reaches files"),
        ("class A:\n    open = 1\n    def f(self): return open('x')", "open reaches files"),
        ("class A(Strategy):\n    def on_bar(self, bar):\n        self.frame.to_csv('x')", ".to_csv reaches files"),
    ],
)  # fmt: skip
def test_S06_what_reaches_out_is_found_with_what_it_is(text, what):
    told = found(text)

    assert len(told) >= 1
    assert what in told[0][1] or what in told[-1][1]


@pytest.mark.parametrize(
    ("name", "value", "use", "what"),
    [
        ("o", os, "o.remove('x')", "o.remove reaches this process"),
        ("remove", os.remove, "remove('x')", "posix.remove reaches this process"),
        ("sp", subprocess, "sp.run('ls')", "sp.run reaches this process"),
        ("Path", pathlib.Path, "Path('x')", "pathlib.Path reaches files"),
        ("here", pathlib.Path("."), "here / 'x'", "reaches files"),
        ("file", sys.__stdout__, "file.read()", "reaches files"),
        ("load", np.load, "load('x')", "numpy.load reaches files"),
        ("open", open, "open('x')", "open reaches files"),
    ],
)
def test_S06_names_of_the_notebook_are_what_they_hold(name, value, use, what):
    assert what in found(use, **{name: value})[0][1].replace("nt.remove", "posix.remove")
    assert found(use, **{name: 3}) == []


def test_S06_ipythons_own_open_is_open():
    from IPython.core.interactiveshell import _modified_open

    assert found("open('x')", open=_modified_open) == [(1, "open reaches files")]


OWN = """
    import math, statistics, datetime as dt
    from dataclasses import dataclass
    from numpy.lib.stride_tricks import sliding_window_view
    from scipy import signal
    from numba import njit
    import pandas as pd
    import backtestr_lab as lab

    def slope(close, n: int = 3):
        open = close[:-n]
        return np.concatenate([np.full(n, np.nan), close[n:] - open])

    @njit
    def mean(values):
        return np.lib.stride_tricks.sliding_window_view(values, 3).mean()

    class Mine(Strategy):
        input, load = 3, 2.0
        timeframe = "5m"

        def __init__(self):
            super().__init__()

        def init(self):
            self.slope = ta.custom(slope, "5m")
            self.dump = np.zeros(5)
            self.file = 0
            self.level = pd.Series([1.0], pd.to_datetime(["2024-01-01"]))

        def export(self, bar):
            return bar.open - bar.close

        def on_bar(self, bar):
            open, close = bar.open, bar.close
            bars = self.bars("1h", 50)
            name = "fast"
            if open > close and self.export(bar) > 0 and getattr(self, name) and len(bars.open):
                self.buy(1_000, limit=min(o for o in bars.open))
            print(self.slope[-1], type(bar).__name__, [open for open in bars.open if open > 1])
            breakpoint()

    store = lab.Store()
    ticks = store.ticks("EURUSD")
    sampled = lab.sample("EURUSD", days=1)
    own = helper.load("x"), sample(1)
"""


def test_S06_a_strategy_of_ones_own_is_not_in_the_way():
    class Helper:
        def load(self, x):
            return x

    assert found(OWN, helper=Helper(), sample=lab.sample) == []


def test_S06_every_entry_of_the_lists_is_refused():
    for name in BUILTINS:
        assert found(f"x = {name}"), name
    for name in METHODS:
        assert found(f"thing.{name}()"), name
    for name in MODULES:
        assert found(f"import {name}"), name
    for name in NAMES:
        assert found(f"import {name.partition('.')[0]}\n{name}"), name
    assert not set(IMPORTS) & set(MODULES)


def test_S06_the_modules_that_may_be_imported_are_free_to_import():
    for name in IMPORTS - {"__future__"}:
        assert found(f"import {name}") == [], name


def test_S06_modules_beside_the_code_are_read_too(tmp_path):
    (tmp_path / "calm.py").write_text("import math\nfrom deeper import x\n")
    (tmp_path / "deeper.py").write_text("import math\n\nx = open('y')\n")
    (tmp_path / "fine.py").write_text("from math import pi\nimport fine\n")
    (tmp_path / "package").mkdir()
    (tmp_path / "package/__init__.py").write_text("")
    (tmp_path / "package/inner.py").write_text("from .bad import x")
    (tmp_path / "package/bad.py").write_text("import socket")
    (tmp_path / "broken.py").write_text("def (")

    here = ", which is imported here"
    assert found("import fine, broken", tmp_path) == []
    assert found("import math\nimport calm", tmp_path) == [
        (2, f"open reaches files in line 3 of deeper.py{here} in line 2 of calm.py{here}")
    ]
    assert "socket" in found("from package import inner", tmp_path)[0][1]
    assert found("import package", tmp_path) == []
    assert "not among the modules" in found("import fine")[0][1]


def test_S06_the_error_names_line_finding_and_way_out():
    with pytest.raises(
        lab.StrategyError,
        match=r"^line 3: open reaches files \(and 1 more like it\); add --trust if you know this code and want that$",
    ) as error:
        check(ast.parse("x = 1\n\ny = open('x')\nimport os"))

    assert error.value.line == 3


@pytest.mark.parametrize(("given", "trusted"), [("1", True), ("yes", True), ("0", False), ("", False), (None, False)])
def test_the_environment_can_trust_everything(monkeypatch, given, trusted):
    monkeypatch.delenv("BACKTESTR_TRUST", raising=False)
    if given is not None:
        monkeypatch.setenv("BACKTESTR_TRUST", given)

    assert trusted_always() is trusted


def test_a_word_in_the_environment_that_says_nothing_is_told(monkeypatch):
    monkeypatch.setenv("BACKTESTR_TRUST", "maybe")

    with pytest.raises(lab.OptionError, match="BACKTESTR_TRUST is 'maybe' in the environment; set it to 1"):
        trusted_always()


def test_every_list_names_each_thing_once():
    text = pathlib.Path(lab.__file__).with_name("strategy").joinpath("allowed.py").read_text()
    words = [w for block in re.findall(r'"""(.*?)"""', text, re.S)[1:] for w in block.split()]

    assert sorted(w for w in set(words) if words.count(w) > 1) == []
