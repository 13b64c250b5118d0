"""How orders end unfilled, and what ends with them (O1, O2)."""


def reject(machine, order, price, reason):
    end(machine, order, "REJECTED", price, order.quantity, reason)


def cancel(machine, order, reason):
    end(machine, order, "CANCELLED", 0, order.remaining, reason)


def expire(machine, order):
    end(machine, order, "EXPIRED", 0, order.remaining, "TIF")


def end(machine, order, state, price, quantity, reason):
    """Write the end of an order, then that of those that wait for it, each with its own."""
    order.state, order.reason = state, reason
    machine.tell(state, order, price, quantity, reason)
    for other in machine.waiting_for(order):
        cancel(machine, other, "PARENT")


def cancel_group(machine, filled):
    """A plain OCO: the first fill, even a partial one, cancels the others (F7)."""
    for other in list(machine.orders):
        if other.open and other is not filled and other.group == filled.group != 0:
            cancel(machine, other, "OCO")
