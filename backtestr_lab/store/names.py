"""Which column of a table is the time, the bid, the ask: by a mapping the user gives, or by the usual names (D1)."""

from ..errors import DataError, OptionError, did_you_mean

__all__ = ["ROLES", "find_columns"]

# what we need -> what vendors call it, compared without case, blanks and punctuation
ROLES = {
    "ts": ("ts", "timestamp", "time", "datetime", "gmttime", "utctime", "localtime", "date", "recvtimens", "epoch"),
    "bid": ("bid", "bidprice", "bestbid", "bidpx"),
    "ask": ("ask", "askprice", "bestask", "askpx", "offer"),
    "price": ("price", "last", "lastprice", "tradeprice"),
    "bid_size": ("bidsize", "bidvolume", "bidqty", "bidamount", "bidvol"),
    "ask_size": ("asksize", "askvolume", "askqty", "askamount", "askvol"),
    "volume": ("volume", "vol", "qty", "quantity", "amount", "size", "lastsize"),
}
NEEDED = "a time column, and bid and ask or price"


def find_columns(names, mapping, place):
    """Role -> name of the column that plays it.

    Parameters
    ----------
    names : list
        Columns of the table, in order.
    mapping : dict or None
        Role -> name or 0-based position; what it leaves out is found by name.
    place : str
        The file or table, for messages.

    Returns
    -------
    dict
        Has "ts" and either "bid" and "ask" or "price".

    Raises
    ------
    DataError
        A role that is needed has no column; lists the columns seen.
    OptionError
        The mapping names an unknown role or column.

    Examples
    --------
    >>> find_columns(["Gmt time", "Ask", "Bid", "AskVolume"], None, "x.csv")
    {'ts': 'Gmt time', 'bid': 'Bid', 'ask': 'Ask', 'ask_size': 'AskVolume'}
    >>> find_columns(["when", "px"], {"ts": "when", "price": 1}, "x.csv")
    {'ts': 'when', 'price': 'px'}
    """
    names = list(names)
    found = _mapped(names, mapping or {}, place)
    plain = {}
    for name in names:
        plain.setdefault("".join(c for c in str(name).lower() if c.isalnum()), name)
    for role, usual in ROLES.items():
        if role not in found:
            for word in usual:
                if word in plain and plain[word] not in found.values():
                    found[role] = plain[word]
                    break
    if "ts" not in found or not ("bid" in found and "ask" in found or "price" in found):
        raise DataError(missing(names, found, place))
    if "bid" in found and "ask" in found:
        found.pop("price", None)
    else:
        for role in ("bid", "ask", "bid_size", "ask_size"):
            found.pop(role, None)
    return {role: found[role] for role in ROLES if role in found}


def missing(names, found, place):
    """The message for a table that lacks a needed column.

    Examples
    --------
    >>> missing(["ts^bid^ask"], {}, "x.csv")
    "x.csv: no time column among its columns 'ts^bid^ask'; needed are a time column, and bid and ask or price, \
delimited by comma, semicolon, tab or bar; name them with columns={'ts': ..., 'bid': ..., 'ask': ...}"
    """
    lack = "time" if "ts" not in found else "ask" if "bid" in found else "bid" if "ask" in found else "price"
    seen = ", ".join(repr(str(name)) for name in names[:12]) + (", ..." if len(names) > 12 else "")
    one = ", delimited by comma, semicolon, tab or bar" if len(names) == 1 else ""
    return (
        f"{place}: no {lack} column among its columns {seen}; needed are {NEEDED}{one}; "
        "name them with columns={'ts': ..., 'bid': ..., 'ask': ...}"
    )


def _mapped(names, mapping, place):
    found = {}
    for role, name in mapping.items():
        if role not in ROLES:
            raise OptionError(f"columns: {role!r} is not one of {', '.join(ROLES)}{did_you_mean(role, ROLES)}")
        if isinstance(name, int) and not isinstance(name, bool) and name not in names:
            if not 0 <= name < len(names):
                raise OptionError(f"columns: {place} has {len(names)} columns, there is no number {name} (0-based)")
            name = names[name]
        if name not in names:
            raise OptionError(
                f"columns: {place} has no column {name!r}{did_you_mean(name, names)}; "
                f"it has {', '.join(repr(str(n)) for n in names[:12])}"
            )
        found[role] = name
    return found
