"""`trade`: a script on a market told in a string, through the engine and through the oracle: the same must come out."""

from functools import partial

import pytest

from ..reference import run
from ..reference.play import play
from .outcome import Outcome


@pytest.fixture(params=[Outcome, run], ids=["engine", "oracle"])
def runner(request):
    """``runner(ticks, strategy, config)``, by the engine or by the oracle."""
    return request.param


@pytest.fixture
def trade(runner):
    """``trade(market, script, **settings)``: see `tests.reference.play.play`."""
    return partial(play, runner=runner)
