"""The structref type that a run's memory hides behind, which costs nothing to read and nothing to pass on.

A structref's array attribute is read with a reference count, an atomic add and a subtract each time, and the loop reads
a dozen of them per bar: that was more than half of its time. Passing the memory to a function counts too, 20 ns a call
that is not inlined: a quarter of what an order took. A run's memory outlives every function that is handed it, for the
`Context` in Python keeps it. So nothing is counted in compiled code, and the arrays listed as *borrowed* are read as
views that own nothing. Never hand one to Python; `owner` reads one that can be handed over.
"""

import numba
import numpy as np
from numba import types
from numba.core import cgutils, imputils
from numba.experimental import structref
from numba.extending import NativeValue, box, intrinsic, models, register_model, unbox

__all__ = ["Context", "ContextType", "array_type", "borrow", "owner", "set_fields"]


@structref.register
class ContextType(types.StructRef):
    """The numba type of a run's memory.

    Its name is short because it stands in the name of every symbol that takes it: spelled out, with every field of
    every record, names alone took half of the compile time.
    """

    def __init__(self, fields):
        super().__init__(fields)
        self.name = "RunMemory"

    def preprocess_fields(self, fields):
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


@register_model(ContextType)
class _Uncounted(models.StructModel):
    """A pointer that numba does not take for one it must count."""

    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, [("meminfo", types.voidptr)])


class Context(structref.StructRefProxy):
    """A run's memory, boxed: what Python passes to compiled functions. It holds the one reference there is."""


_COUNTED = types.MemInfoPointer(types.voidptr)


@box(ContextType)
def _box(typ, value, c):
    pointer = structref._Utils(c.context, c.builder, typ).get_struct_ref(value).meminfo
    held = c.box(_COUNTED, pointer)  # takes the reference it was made with
    make = c.pyapi.unserialize(c.pyapi.serialize_object(Context._numba_box_))
    kind = c.pyapi.unserialize(c.pyapi.serialize_object(typ))
    made = c.pyapi.call_function_objargs(make, [kind, held])
    for part in (make, kind, held):
        c.pyapi.decref(part)
    return made


@unbox(ContextType)
def _unbox(typ, obj, c):
    held = c.pyapi.object_getattr_string(obj, "_meminfo")
    pointer = c.unbox(_COUNTED, held).value
    c.context.nrt.decref(c.builder, _COUNTED, pointer)  # the object that was passed outlives the call
    c.pyapi.decref(held)
    return NativeValue(structref._Utils(c.context, c.builder, typ).new_struct_ref(pointer)._getvalue())


def array_type(dtype, readonly=False):
    """The numba type of a contiguous one-dimensional array of records or numbers."""
    return types.Array(numba.from_dtype(np.dtype(dtype)), 1, "C", readonly=readonly)


def borrow(names):
    """Make reads of these array attributes free of reference counts."""
    for name in names:
        imputils.lower_getattr(ContextType, name)(_reader(name))


def _reader(name):
    def read(context, builder, typ, value):
        payload = structref._Utils(context, builder, typ).get_data_struct(value)
        kind = typ.field_dict[name]
        view = context.make_array(kind)(context, builder, value=getattr(payload, name))
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        view.parent = cgutils.get_null_value(view.parent.type)
        return view._getvalue()

    return read


def set_fields(context, builder, memory, name, values):
    """Emit stores of int64 and float64 values, by field, into the first record of one of a run's arrays.

    Parameters
    ----------
    memory : (type, value)
        Of the run's memory in the function that is being compiled.
    values : dict of str to LLVM value
    """
    kind, value = memory
    array = kind.field_dict[name]
    payload = structref._Utils(context, builder, kind).get_data_struct(value)
    record = context.make_array(array)(context, builder, value=getattr(payload, name)).data
    for field, stored in values.items():
        of = array.dtype.typeof(field)
        place = cgutils.get_record_member(builder, record, array.dtype.offset(field), context.get_data_type(of))
        context.pack_value(builder, of, stored, place)


def owner(name):
    """A compiled function of a run's memory that reads one array with its owner, fit to be handed to Python."""

    @intrinsic
    def read(typing_context, c):
        kind = c.field_dict[name]

        def codegen(context, builder, signature, args):
            payload = structref._Utils(context, builder, signature.args[0]).get_data_struct(args[0])
            return imputils.impl_ret_borrowed(context, builder, kind, getattr(payload, name))

        return kind(c), codegen

    return read
