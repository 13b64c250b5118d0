"""What the reasons of the journal mean, a sentence each: the one place where an order's story gets its words."""

__all__ = ["REASON_WORDS", "reason_in_words"]

# By reason; where it means something else with one kind of event, by (kind, reason) below.
REASON_WORDS = {
    "NONE": "",
    "USER": "the strategy asked for it",
    "QUANTITY": "the quantity must be a whole number of steps of {step}, from {least} to {largest}",
    "PRICE": "a price or distance is not a positive number",
    "SIDE": "a {side} stop must lie {beyond} the {quoted}, and {price} was the {quoted}",
    "MARGIN": "the account is short of margin",
    "OVERFLOW": "its value could pass what 64 bits hold (U4)",
    "FLAT": "nothing was left to close",
    "SIBLING": "another exit of its entry had closed what it covered",
    "UNKNOWN": "it names an order that is not open",
    "END": "the run was over",
    "PROFIT": "the profit of what was closed",
    "COMMISSION": "commission",
    "TIF": "its time was up ({tif})",
    "NO_RATE": "there was no rate to convert its currency into the account's",
    "LIMIT": "a limit of the run forbids it: of size, count, leverage or losses",
    "POST_ONLY": "a post-only {side} limit must lie {short} the {quoted}, and {price} was the {quoted}",
    "UNSUPPORTED": "the engine does not know this kind of order",
    "OCO": "another order of its one-cancels-other group had filled",
    "PARENT": "order {oto}, which it waited for, ended without being filled",
    "TRIGGER": "the stop of a stop-limit",
    "CASH": "cash of the table of bookings",
    "DIVIDEND": "a dividend on what was held",
    "FUNDING": "funding of what was held",
    "DAILY_LOSS": "the loss of the day reached its limit",
    "DRAWDOWN": "the drawdown reached its limit",
}
_OF_A_KIND = {
    ("REJECTED", "TIF"): "its terms contradict each other (tif, expires, post_only)",
    ("REJECTED", "UNKNOWN"): "its oco=, oto= or position= names nothing that is open",
    ("REQUEST_REJECTED", "UNKNOWN"): "the order was not open, or not yet there",
    ("REQUEST_REJECTED", "QUANTITY"): "the new quantity is not one it can have: {step} is a step, {filled} had filled, "
    "and attached exits take prices only",
    ("REQUEST_REJECTED", "PRICE"): "the new price is not a positive number, or not one this order has",
    ("REQUEST_REJECTED", "SIDE"): "the new stop lay on the wrong side of the quote",
    ("CANCELLED", "TIF"): "{tif} leaves nothing for the next tick",
}


def reason_in_words(kind, reason, **figures):
    """The sentence of a reason, without capital and full stop; figures that are missing raise KeyError.

    Examples
    --------
    >>> reason_in_words("CANCELLED", "USER")
    'the strategy asked for it'
    >>> reason_in_words("EXPIRED", "TIF", tif="DAY"), reason_in_words("CANCELLED", "TIF", tif="IOC")
    ('its time was up (DAY)', 'IOC leaves nothing for the next tick')
    """
    return _OF_A_KIND.get((kind, reason), REASON_WORDS[reason]).format(**figures)
