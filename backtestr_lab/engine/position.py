"""`self.position`: a plain value that is false when flat, the same compiled and in Python (P1, S3)."""

from numba import types
from numba.core import cgutils
from numba.extending import (
    NativeValue,
    box,
    intrinsic,
    make_attribute_wrapper,
    models,
    overload,
    register_model,
    typeof_impl,
    unbox,
)


class Position:
    """The net position of a symbol; false when flat.

    Attributes
    ----------
    quantity : float
        Signed units.
    price : float
        Average entry price, for display (P2); NaN when flat.
    profit : float
        Unrealised, account currency.
    """

    __slots__ = ("price", "profit", "quantity")

    def __init__(self, quantity, price, profit):
        self.quantity = quantity
        self.price = price
        self.profit = profit

    def __bool__(self):
        return self.quantity != 0

    def __repr__(self):
        return f"Position(quantity={self.quantity:+,g}, price={self.price}, profit={self.profit:,.2f})"


class PositionType(types.Type):
    """Position as a plain value in compiled code: nothing is allocated."""

    def __init__(self):
        super().__init__(name="Position")


POSITION = PositionType()


@register_model(PositionType)
class _PositionModel(models.StructModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, [(name, types.float64) for name in ("quantity", "price", "profit")])


for _name in ("quantity", "price", "profit"):
    make_attribute_wrapper(PositionType, _name, _name)


@typeof_impl.register(Position)
def _typeof_position(value, c):
    return POSITION


@intrinsic
def make_position(typing_context, quantity, price, profit):
    def codegen(context, builder, signature, args):
        value = cgutils.create_struct_proxy(POSITION)(context, builder)
        value.quantity, value.price, value.profit = args
        return value._getvalue()

    return POSITION(types.float64, types.float64, types.float64), codegen


@overload(bool)
def _position_bool(value):
    if isinstance(value, PositionType):
        return lambda value: value.quantity != 0.0
    return None


@box(PositionType)
def _box_position(typ, value, c):
    proxy = cgutils.create_struct_proxy(POSITION)(c.context, c.builder, value=value)
    make = c.pyapi.unserialize(c.pyapi.serialize_object(Position))
    parts = [c.pyapi.float_from_double(getattr(proxy, name)) for name in ("quantity", "price", "profit")]
    result = c.pyapi.call_function_objargs(make, parts)
    for part in parts:
        c.pyapi.decref(part)
    c.pyapi.decref(make)
    return result


@unbox(PositionType)
def _unbox_position(typ, obj, c):
    proxy = cgutils.create_struct_proxy(POSITION)(c.context, c.builder)
    for name in ("quantity", "price", "profit"):
        attribute = c.pyapi.object_getattr_string(obj, name)
        setattr(proxy, name, c.pyapi.float_as_double(attribute))
        c.pyapi.decref(attribute)
    return NativeValue(proxy._getvalue(), is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))
