"""Everything a run can be told beyond strategy, data and range: the table that makes `backtest`'s signature."""

import inspect
from dataclasses import dataclass, fields

from ..errors import OptionError, did_you_mean

__all__ = ["Options", "takes_options"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a run, as the user wrote them; `rules_of` checks them and turns them into whole units.

    Those marked "each" may differ by symbol: ``{"EURUSD": 3, "USDJPY": 5}``, or ``"EURUSD=3,USDJPY=5"``.

    Examples
    --------
    >>> Options.of({"cash": 5_000}).cash
    5000
    >>> Options.of({"cahs": 5_000})
    Traceback (most recent call last):
    backtestr_lab.errors.OptionError: there is no option cahs; did you mean 'cash'?
    """

    # the account
    cash: object = 100_000
    currency: object = None
    convert: object = None
    leverage: object = None  # each
    hedging: object = False
    # costs
    commission: object = 0
    slippage: object = 0  # each
    spread: object = None  # each
    swap: object = None  # each
    triple: object = "Wed"  # each
    bookings: object = None
    # how orders travel and fill
    latency: object = 0
    liquidity: object = "unlimited"
    participation: object = None
    crossed: object = "keep"
    close_at_end: object = False
    seed: object = 0
    # bars as input
    intrabar: object = None
    label: object = "open"
    timeframe: object = None
    # sizes and limits
    size: object = None  # each
    max_order: object = None  # each
    max_position: object = None  # each
    max_orders: object = None
    max_positions: object = None
    max_leverage: object = None
    daily_loss: object = None
    drawdown: object = None

    @classmethod
    def of(cls, given):
        """The options given, defaults for the rest.

        Raises
        ------
        OptionError
            There is no such option; suggests the nearest.
        """
        names = [field.name for field in fields(cls)]
        for name in given:
            if name not in names:
                raise OptionError(f"there is no option {name}{did_you_mean(name, names)}")
        return cls(**given)

    def plain(self):
        """By name, for the manifest; a table of bookings as its rows."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        table = found["bookings"]
        if hasattr(table, "to_dict"):
            found["bookings"] = [{str(n): str(v) for n, v in row.items()} for row in table.to_dict("records")]
        return found


def takes_options(function):
    """Show the options as keyword arguments of a function that has ``**options``."""
    signature = inspect.signature(function)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    table = [inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default) for f in fields(Options)]
    function.__signature__ = signature.replace(parameters=[*own, *table])
    return function
