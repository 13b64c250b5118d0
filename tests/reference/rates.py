"""What the money of a symbol is worth in the account's currency (P6, U4)."""

from fractions import Fraction


def rate(machine, market):
    """Micro-units of the account for one point * step of the symbol now, exactly; None while nothing converts.

    Raises
    ------
    ValueError
        No symbol of the run joins the two currencies.
    """
    spec, account = market.spec, machine.config.account_currency
    own = Fraction(10) ** (6 - spec.digits - spec.quantity_digits)  # micro-units of the quote currency
    if account == spec.quote:
        return own
    if account == spec.base:
        return own * 10**spec.digits / mid(market) if market.quote else None
    other = converter(machine, spec.quote, account)
    if other.quote is None:
        return None
    price = mid(other) / 10**other.spec.digits
    return own * price if other.spec.quote == account else own / price


def mid(market):
    """Points between the sides of the last effective quote, not rounded."""
    return Fraction(sum(market.quote), 2)


def converter(machine, currency, account):
    """The market that was named for the currency, else the first that joins it and the account's."""
    for named, index in machine.config.converts:
        if named == currency:
            return machine.markets[index]
    for market in machine.markets:
        if {market.spec.base, market.spec.quote} == {currency, account}:
            return market
    raise ValueError(f"no symbol converts {currency} to {account}")


def check_currencies(machine):
    """Refuse a run in which the money of a symbol that trades can never be told (P6)."""
    account = machine.config.account_currency
    for market in machine.markets:
        if market.spec.trades and account not in (market.spec.quote, market.spec.base):
            converter(machine, market.spec.quote, account)


def lacks_rate(machine, market):
    """Its money is converted through another symbol that has no quote yet (NO_RATE)."""
    own = machine.config.account_currency in (market.spec.quote, market.spec.base)
    return not own and rate(machine, market) is None
