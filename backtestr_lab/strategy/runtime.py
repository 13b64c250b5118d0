"""What compiled callbacks call: the engine's context functions, and the guards that check types at compile time.

Numba links what a function calls into it and optimises the whole again: a callback with one `self.buy` would take two
seconds to compile. So the large context functions are compiled once, with the engine, and reached by address (2 ns a
call); the small ones are linked, so that what a callback does not use costs nothing.
"""

from functools import cache

from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

from ..engine import context
from ..engine.context import CTX, Interrupted
from ..engine.memory import set_fields
from ..engine.submission import about
from ..engine.views import ORDER_VIEW, POSITION_VIEW, Distance, Quantity
from ..errors import StrategyError
from ..jit import kernel, load_atomic
from .requests import NO_LOT, NO_ORDER

__all__ = ["NAMESPACE", "NO_SUCH_NUMBER", "Refused", "meaning", "refusals"]

I8, F8 = types.int64, types.float64

# Here, not with the other texts about symbols: what is compiled is as old as the files that kernels lie in.
NO_SUCH_NUMBER = "symbol is a number that no symbol of this run has; take bar.symbol, or one of self.symbols"


_kept_alive: list = []


def caller(function, *args):
    """``emit(context, builder, values)`` that calls a compiled function by its address instead of linking it.

    Parameters
    ----------
    function : dispatcher
    *args : numba types
        The one signature it is compiled for.

    Returns
    -------
    emit : callable
    signature : numba signature
    """
    function.compile(args)
    compiled = function.overloads[args]
    _kept_alive.append(compiled)
    address = compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name)
    result = compiled.signature.return_type

    def emit(context, builder, values):
        convention = context.call_conv
        pointer = context.add_dynamic_addr(builder, address, info=function.__name__)
        target = builder.bitcast(pointer, convention.get_function_type(result, args).as_pointer())
        status, value = convention.call_function(builder, target, result, args, values)
        with cgutils.if_unlikely(builder, status.is_error):
            convention.return_status_propagate(builder, status)
        return value

    return emit, result(*args)


def by_address(function, *args):
    """A stand-in for a compiled function; its arguments are cast to the one signature it has."""
    emit, signature = caller(function, *args)

    def codegen(context, builder, signature, values):
        return emit(context, builder, values)

    # An intrinsic has as many named arguments as its signature.
    names = ", ".join(f"a{i}" for i in range(len(args)))
    made = {"signature": signature, "codegen": codegen}
    exec(f"def {function.__name__}(typing_context, {names}):\n    return signature, codegen", made)
    return intrinsic(made[function.__name__])


@kernel
def net(c, symbol):
    """Signed units of the net position; cheaper than `position` where nothing else is asked for."""
    y = c.syms[about(c, symbol)]
    return y["net"] / y["steps"]


@kernel
def held(c, symbol):
    """Whether there is a net position."""
    return c.syms[about(c, symbol)]["net"] != 0


@kernel
def listed(symbol, count):
    """A symbol given by its number among so many; the run may have more that only convert."""
    if not 0 <= symbol < count:
        raise StrategyError(NO_SUCH_NUMBER)
    return symbol


@kernel
def symbol_of(c, symbol, position):
    """The symbol of an order: the one it names, or that of the open lot it names, -1 where it names neither."""
    if symbol < 0:
        for i in range(c.state[0]["n_lots"]):
            if c.lots[i]["id"] == position:
                return c.lots[i]["symbol"]
    return symbol


@kernel
def tag_of(c, order):
    """The tag of an order, 0 when there is none."""
    if order < 1 or order > c.state[0]["n_orders"]:
        return 0
    return c.orders[order - 1]["tag"]


refusals: list[
    str
] = []  # texts of the current compilation; compile.py reads them, because numba buries them in its own


class Refused(TypingError):
    """A type that a guard does not let through, in words for the user."""

    def __init__(self, text):
        refusals.append(text)
        super().__init__(text)


def in_words(kind):
    """A numba type in the user's words.

    Examples
    --------
    >>> in_words(types.int64), in_words(types.unicode_type), in_words(types.float64[::1])
    ('an int', 'a str', 'an array of float64')
    """
    kind = types.unliteral(kind)
    if isinstance(kind, types.Optional):
        return f"{in_words(kind.type)} or None"
    if isinstance(kind, types.Array):
        what = "records" if isinstance(kind.dtype, types.Record) else kind.dtype
        return f"an array of {what}" if kind.ndim == 1 else f"an array of {what} in {kind.ndim} dimensions"
    if isinstance(kind, types.BaseNamedTuple):
        return f"a {kind.instance_class.__name__}"
    for family, text in (
        (types.Boolean, "a bool"),
        (types.Integer, "an int"),
        (types.Float, "a float"),
        (types.UnicodeType, "a str"),
        (types.NoneType, "None"),
        (types.Record, "a record"),
        (types.BaseTuple, "a tuple"),
        (types.List, "a list"),
    ):
        if isinstance(kind, family):
            return text
    return f"a {str(kind).split('(')[0]}"


def is_number(kind):
    """An int or float, not a bool."""
    return isinstance(kind, (types.Integer, types.Float)) and not isinstance(kind, types.Boolean)


def _identity(context, builder, signature, args):
    return args[0]


@cache
def guard(kind, text):
    """An identity function that lets one kind of value through and refuses others with `text`.

    Parameters
    ----------
    kind : {"int", "float", "bool", "id"}
        An id is an int that cannot be a bool.
    text : str
        ``{got}`` stands for the type that came.
    """
    wanted = {"int": I8, "id": I8, "float": F8, "bool": types.boolean}[kind]

    @intrinsic
    def let_through(typing_context, value):
        bare = types.unliteral(value)
        fits = {
            "int": isinstance(bare, (types.Integer, types.Boolean)),
            "id": isinstance(bare, types.Integer) and not isinstance(bare, types.Boolean),
            "float": is_number(bare),
            "bool": isinstance(bare, types.Boolean),
        }
        if not fits[kind]:
            raise Refused(text.format(got=in_words(value)))
        return wanted(wanted), _identity

    return let_through


@cache
def array_guard(dtype, ndim, text):
    """An identity function for arrays of one kind; ``{got}`` in `text` stands for the type that came."""

    @intrinsic
    def let_through(typing_context, value):
        fits = isinstance(value, types.Array) and value.ndim == ndim
        if not fits or (value.dtype != dtype and not (dtype == F8 and isinstance(value.dtype, types.Integer))):
            raise Refused(text.format(got=in_words(value)))
        return value(value), _borrowed

    return let_through


def _borrowed(context, builder, signature, args):
    context.nrt.incref(builder, signature.return_type, args[0])
    return args[0]


_WANTED = {
    "qty": "a number of units, share(10) or risk(1), or leave it out for the run's size",
    "total": "a number of units",
    "limit": "a price",
    "stop": "a price",
    "stop_loss": "a price, or a distance like pips(10)",
    "take_profit": "a price, or a distance like pips(10)",
    "trailing_stop": "a distance like pips(10)",
    "trail": "a distance like pips(10)",
}
DISTANT = ("stop_loss", "take_profit", "trailing_stop", "trail")
ONLY_DISTANT = ("trailing_stop", "trail")
# What an argument may be beside None and a number.
TYPED = {**dict.fromkeys(DISTANT, Distance), "qty": Quantity}


def _checked(label, kind):
    """The type of an argument: None, a number, a distance, a share or risk, as the label says; others are refused."""
    kind = types.unliteral(kind)
    bare = types.unliteral(kind.type) if isinstance(kind, types.Optional) else kind
    fits = isinstance(bare, types.NoneType) or (is_number(bare) and label not in ONLY_DISTANT)
    if not fits and not (label in TYPED and _made_by(bare) is TYPED[label]):
        what = {Distance: "a distance", Quantity: "a share or risk"}.get(_made_by(bare)) or in_words(bare)
        raise Refused(f"{'qty' if label == 'total' else label} is {what}; give {_WANTED[label]}")
    return kind


def _made_by(kind):
    """The class of a named tuple's type."""
    return kind.instance_class if isinstance(kind, types.BaseNamedTuple) else None


def _spread(context, builder, kind, value):
    """(kind, number) as the engine takes them: 0 for None, 1 for a number, that of a distance, share or risk."""
    if isinstance(kind, types.NoneType):
        return context.get_constant(I8, 0), context.get_constant(F8, 0.0)
    if isinstance(kind, types.Optional):
        optional = context.make_helper(builder, kind, value)
        parts = _spread(context, builder, kind.type, optional.data)
        none = _spread(context, builder, types.none, None)
        return tuple(builder.select(optional.valid, a, b) for a, b in zip(parts, none))
    if _made_by(kind) in (Distance, Quantity):
        return builder.extract_value(value, 0), builder.extract_value(value, 1)
    return context.get_constant(I8, 1), context.cast(builder, value, kind, F8)


_submit, _ = caller(context.submit, CTX)
_symbol_of, _ = caller(symbol_of, CTX, I8, I8)
_modify, _ = caller(context.modify, CTX, I8, F8, I8, F8, I8, F8, I8)


# What the two intrinsics of an order are given beside the run's memory, in order: `layout.WISH` without the kinds.
PRICED = ("qty", "limit", "stop", "trailing_stop", "stop_loss", "take_profit", "trail")
PLAIN = ("side", "symbol", "position", "tif", "expires", "reduce_only", "post_only", "oco", "oto", "tag")


@intrinsic
def submit(
    typing_context,
    c,
    qty,
    limit,
    stop,
    trailing_stop,
    stop_loss,
    take_profit,
    trail,
    side,
    symbol,
    position,
    tif,
    expires,
    reduce_only,
    post_only,
    oco,
    oto,
    tag,
):
    """`context.submit` with each argument as the user gave it: None, a number, a distance, a share or risk."""
    priced = (qty, limit, stop, trailing_stop, stop_loss, take_profit, trail)
    kinds = [_checked(label, kind) for label, kind in zip(PRICED, priced)]

    def codegen(context, builder, signature, args):
        c, values, plain = args[0], args[1 : 1 + len(PRICED)], args[1 + len(PRICED) :]
        fields = dict(zip(PLAIN, plain))
        if isinstance(position, types.NoneType):
            fields["position"] = context.get_constant(I8, 0)
        else:
            fields["symbol"] = _symbol_of(context, builder, [c, fields["symbol"], fields["position"]])
        for name, kind, value in zip(PRICED, kinds, values):
            fields[f"{name}_kind"], fields[name] = _spread(context, builder, kind, value)
        set_fields(context, builder, (CTX, c), "wish", fields)
        return _submit(context, builder, [c])

    plain = [position if name == "position" and isinstance(position, types.NoneType) else I8 for name in PLAIN]
    return I8(CTX, *kinds, *plain), codegen


@intrinsic
def modify(typing_context, c, order, qty, limit, stop):
    """`context.modify` with each argument as the user gave it: None or a number."""
    kinds = [_checked(label, kind) for label, kind in {"total": qty, "limit": limit, "stop": stop}.items()]

    def codegen(context, builder, signature, args):
        c, order, *given = args
        parts = [_spread(context, builder, k, v) for k, v in zip(kinds, given)]
        _modify(context, builder, [c, order, *(x for has, number in parts for x in (number, has))])
        return context.get_dummy_value()

    return types.void(CTX, I8, *kinds), codegen


def _id_of(kind, view, text):
    """(signature, codegen) of the id of what is given by its id or as a record of `view`."""
    bare = types.unliteral(kind)
    if isinstance(bare, types.Integer) and not isinstance(bare, types.Boolean):
        return I8(I8), _identity
    if isinstance(bare, types.Record) and set(bare.fields) == set(view.names):
        offset = bare.offset("id")

        def read(context, builder, signature, args):
            pointer = cgutils.get_record_member(builder, args[0], offset, context.get_data_type(I8))
            return context.unpack_value(builder, I8, pointer)

        return I8(bare), read
    other = {POSITION_VIEW: "one of self.positions", ORDER_VIEW: "one of self.orders"}
    shown = [what for v, what in other.items() if isinstance(bare, types.Record) and set(bare.fields) == set(v.names)]
    raise Refused(f"{text}, not by {shown[0] if shown else in_words(kind)}")


@intrinsic
def order_id(typing_context, order):
    """The id of an order given by its id or as a record of `self.orders`."""
    return _id_of(order, ORDER_VIEW, NO_ORDER)


@intrinsic
def lot_id(typing_context, lot):
    """The id of an open lot given by its id or as a record of `self.positions`."""
    return _id_of(lot, POSITION_VIEW, NO_LOT)


@kernel
def set_array(mine, value):
    """Copy an array into one of the strategy's own."""
    if mine.shape != value.shape:
        raise ValueError("an array of the strategy keeps its shape; copy into a part of it, like self.x[:n] = ...")
    kept = value.copy().ravel()  # a copy first: it may be made of the array it goes to
    flat = mine.ravel()
    for i in range(len(flat)):
        flat[i] = kept[i]


C = CTX
NAMESPACE = {
    "_lab_Interrupted": Interrupted,
    "_lab_load": load_atomic,
    "_lab_Distance": Distance,
    "_lab_Quantity": Quantity,
    "_lab_row": context.row,
    "_lab_listed": listed,
    "_lab_now": context.now,
    "_lab_value": context.value,
    "_lab_series": context.series,
    "_lab_series_len": context.series_len,
    "_lab_closed_bar": context.closed_bar,
    "_lab_current_tick": context.current_tick,
    "_lab_current_fill": context.current_fill,
    "_lab_current_event": context.current_event,
    "_lab_bars": context.bars,
    "_lab_balance": context.balance,
    "_lab_net": net,
    "_lab_held": held,
    "_lab_tag_of": tag_of,
    "_lab_order_id": order_id,
    "_lab_lot_id": lot_id,
    "_lab_set_array": set_array,
    "_lab_forming": by_address(context.forming, C, I8),
    "_lab_position": by_address(context.position, C, I8),
    "_lab_positions": by_address(context.positions, C),
    "_lab_orders": by_address(context.orders, C),
    "_lab_order": by_address(context.order, C, I8),
    "_lab_equity": by_address(context.equity, C),
    "_lab_crossed": by_address(context.crossed, C, I8, I8, I8),
    "_lab_crossed_level": by_address(context.crossed_level, C, I8, F8, I8),
    "_lab_submit": submit,
    "_lab_close": by_address(context.close, C, I8),
    "_lab_close_position": by_address(context.close_position, C, I8),
    "_lab_cancel": by_address(context.cancel, C, I8),
    "_lab_cancel_all": by_address(context.cancel_all, C),
    "_lab_cancel_tagged": by_address(context.cancel_tagged, C, I8),
    "_lab_modify": modify,
}


@cache
def forming_value():
    """`forming.forming_value`; loaded when the first strategy reads it, because it takes as long as a small run."""
    from ..engine import forming

    return by_address(forming.forming_value, C, I8)


def meaning(symbol, value):
    """What a symbol of lowered code stands for, when that is not an int of the layout.

    Parameters
    ----------
    symbol : str
    value : object
        As the lowering left it: a recipe of a guard, or the object itself.
    """
    if symbol in NAMESPACE:
        return NAMESPACE[symbol]
    if symbol == "_lab_forming_value":
        return forming_value()
    if isinstance(value, tuple):
        recipe, *parts = value
        if recipe == "array":
            dtype = {"float64": F8, "int64": I8, "bool": types.boolean}[parts[0]]
            return array_guard(dtype, *parts[1:])
        return guard(*parts)
    return value
