"""Symbols: what one point, one step, one lot is (U5), and the built-in ones."""

from dataclasses import dataclass, replace

from .errors import OptionError, SymbolError

__all__ = ["Symbol", "register", "symbol"]


@dataclass(frozen=True)
class Symbol:
    """An instrument's grid, sizes and calendar (U5).

    Attributes
    ----------
    name : str
    digits : int
        One point is ``10**-digits`` of the price (U2).
    quantity_digits : int
        One step is ``10**-quantity_digits`` of a unit (U3).
    contract_size : float
        Units in one lot.
    base, quote : str
        Currencies; profit arises in `quote`.
    pip : float
        In price: 0.0001 for EURUSD, 0.01 for USDJPY.
    least, largest : float
        Quantity bounds of one order, in units.
    initial_margin, maintenance_margin : float
        Share of the position's value, 0.05 = 5 %.
    anchor : str
        Where the day begins (R7): ``"UTC"`` or ``"17:00 America/New_York"``.
    days_a_year : int
        252, or 365 for markets that never close.

    Examples
    --------
    >>> symbol("EURUSD").digits, symbol("USDJPY").pip_points
    (5, 10)
    """

    name: str
    digits: int
    quantity_digits: int = 0
    contract_size: float = 1.0
    base: str = ""
    quote: str = "USD"
    pip: float = 0.0
    least: float = 0.0
    largest: float = 1e12
    initial_margin: float = 1.0
    maintenance_margin: float = 0.5
    anchor: str = "UTC"
    days_a_year: int = 252

    def __post_init__(self):
        if not 0 <= self.digits <= 10 or not 0 <= self.quantity_digits <= 10:
            raise OptionError(f"symbol {self.name}: digits and quantity_digits must lie in 0..10")
        if not self.pip:
            object.__setattr__(self, "pip", 10.0**-self.digits)

    def __str__(self):
        return self.name

    @property
    def point(self):
        """Price of one point: 0.00001 for EURUSD."""
        return 10.0**-self.digits

    @property
    def pip_points(self):
        """Points in one pip: 10 for EURUSD at five digits."""
        return round(self.pip * 10**self.digits)


_MAJORS = {
    "EURUSD": 5,
    "GBPUSD": 5,
    "AUDUSD": 5,
    "NZDUSD": 5,
    "USDCHF": 5,
    "USDCAD": 5,
    "EURGBP": 5,
    "EURCHF": 5,
    "USDJPY": 3,
    "EURJPY": 3,
    "GBPJPY": 3,
}


def _fx(name, digits):
    return Symbol(
        name,
        digits,
        contract_size=100_000,
        base=name[:3],
        quote=name[3:],
        pip=10.0 ** (1 - digits),
        least=1,
        initial_margin=1 / 30,
        maintenance_margin=1 / 60,
    )


def _crypto(name, quote, digits=2):
    return Symbol(
        name,
        digits,
        quantity_digits=8,
        base=name.removesuffix(quote),
        quote=quote,
        pip=1.0,
        least=1e-8,
        initial_margin=0.5,
        maintenance_margin=0.25,
        days_a_year=365,
    )


_known = {name: _fx(name, digits) for name, digits in _MAJORS.items()}
_known |= {
    "XAUUSD": Symbol(
        "XAUUSD",
        3,
        quantity_digits=2,
        contract_size=100,
        base="XAU",
        pip=0.1,
        least=0.01,
        initial_margin=0.05,
        maintenance_margin=0.025,
    ),
    "XAGUSD": Symbol(
        "XAGUSD",
        4,
        quantity_digits=2,
        contract_size=5_000,
        base="XAG",
        pip=0.01,
        least=0.01,
        initial_margin=0.1,
        maintenance_margin=0.05,
    ),
    "BTCUSD": _crypto("BTCUSD", "USD"),
    "ETHUSD": _crypto("ETHUSD", "USD"),
    "BTCUSDT": _crypto("BTCUSDT", "USDT"),
    "ETHUSDT": _crypto("ETHUSDT", "USDT"),
    "EQUITY": Symbol("EQUITY", 2, pip=0.01, least=1),  # a plain share; copy it with its own name
}

EURUSD = _known["EURUSD"]


def symbol(name):
    """The symbol of that name.

    Raises
    ------
    SymbolError
        Not built in and not registered; suggests the nearest name.

    Examples
    --------
    >>> symbol("BTCUSDT").quantity_digits
    8
    """
    if isinstance(name, Symbol):
        return name
    try:
        return _known[str(name).upper().replace("/", "")]
    except KeyError:
        raise SymbolError.unknown(
            name, _known, hint="; register one with lab.register(lab.Symbol(name, digits=...))"
        ) from None


def register(new):
    """Make a symbol known under its name for this process; returns it.

    Examples
    --------
    >>> register(Symbol("IBM", 2, pip=0.01)).name
    'IBM'
    """
    _known[new.name.upper()] = new
    return new


def known():
    """Names of all known symbols.

    Examples
    --------
    >>> "EURUSD" in known()
    True
    """
    return list(_known)


def guess(name, digits):
    """A symbol for data nobody described: known by name, else FX-like or plain by its shape (U5).

    Parameters
    ----------
    digits : int
        The most decimals seen in the data's prices.

    Examples
    --------
    >>> guess("EURSEK", 5).contract_size, guess("ACME", 2).contract_size
    (100000, 1.0)
    """
    key = name.upper().replace("/", "")
    if key in _known:
        return _known[key]
    if len(key) == 6 and key.isalpha() and digits >= 3:
        return _fx(key, digits)
    return replace(_known["EQUITY"], name=key, digits=digits, pip=10.0**-digits)
