import numpy as np
import pytest
from numba import config, int64, types

from backtestr_lab import jit

needs_compiler = pytest.mark.skipif(config.DISABLE_JIT, reason="NUMBA_DISABLE_JIT is set")


def test_frozen_is_a_read_only_view_of_the_same_memory():
    column = np.arange(3)

    view = jit.frozen(column)

    assert np.shares_memory(view, column)
    assert not view.flags.writeable
    assert column.flags.writeable


@needs_compiler
def test_a_kernel_with_a_signature_is_compiled_at_once_and_for_no_other_type():
    @jit.kernel(int64(types.Array(int64, 1, "C", readonly=True)), cache=False)
    def last(values):
        return values[-1]

    assert len(last.signatures) == 1
    assert last(np.arange(3)) == last(jit.frozen(np.arange(3))) == 2
    with pytest.raises(TypeError, match="No matching definition"):
        last(np.zeros(2))


@needs_compiler
def test_a_cached_kernel_is_stale_once_any_file_with_kernels_has_changed(tmp_path, monkeypatch):
    source = tmp_path / "caller.py"
    source.write_text("def twice(number):\n    return 2 * number\n")

    def hits(stamp):
        monkeypatch.setattr(jit, "_house_stamp", lambda: stamp)
        names = {}
        exec(compile(source.read_text(), str(source), "exec"), names)
        compiled = jit.kernel(names["twice"])
        assert compiled(3) == 6
        return sum(compiled.stats.cache_hits.values())

    assert [hits("a"), hits("a"), hits("b"), hits("b")] == [0, 1, 0, 1]
