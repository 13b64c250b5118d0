"""Other people's numbers, trade by trade: `make peers`, or `pytest -m peers` once their environments are there."""

import os

import pytest

from . import cases
from .cases import CASES, Case, DataMissing, compared
from .peer import PeerMissing, play

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_difference_from_a_peer_is_explained_by_a_rule(case):
    try:
        found, _ = compared(case)
    except (PeerMissing, DataMissing) as error:
        if os.environ.get("BACKTESTR_REQUIRE_DATA"):
            raise
        pytest.skip(str(error))

    assert found.unexplained == []
    assert len(found.ours.trades) > 10


@pytest.mark.parametrize(
    "case",
    [Case("backtesting", "Bracket", "GOOG"), Case("nautilus", "Flip", "sample", "next tick", cases.ALIKE)],
    ids=str,
)
def test_a_point_too_much_at_each_fill_of_ours_is_noticed(case, monkeypatch):
    for name in ("over_bars", "over_ticks"):
        honest = getattr(cases, name)
        monkeypatch.setattr(cases, name, lambda *a, honest=honest, **k: honest(*a, **k, slippage=1))
    try:
        found, _ = compared(case)
    except PeerMissing as error:
        pytest.skip(str(error))

    assert len(found.unexplained) > len(found.ours.trades)


def test_F09_commission_in_basis_points_is_backtestings_to_the_micro():
    from .bars import goog
    from .ours import over_bars
    from .strategies import Flip

    bars, params = goog(), {"size": 100, "fast": 10, "slow": 20}
    try:
        columns = {name: getattr(bars, name) for name in ("ts", "open", "high", "low", "close")}
        job = {"strategy": "Flip", "params": params, "cash": 1e6, "commission": 0.0002, "margin": 1.0}
        _, said = play("backtesting", "backtesting_py.py", columns, 2, **job)
    except PeerMissing as error:
        pytest.skip(str(error))
    run = over_bars(Flip, bars, params, cash=1_000_000, leverage=1, warmup=0, commission="2bps")

    # A turn is one fill of ours, 200 shares, and two trades of theirs; the last trade of theirs is closed by force.
    pairs = zip(run.trades["commission"], said["commissions"], strict=False)
    assert max(abs(ours - theirs) for ours, theirs in pairs) <= 2e-6
    assert len(said["commissions"]) > 90
