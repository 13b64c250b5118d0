"""How much memory this process holds now, by what the system and the standard library offer (S6)."""

import ctypes
import os
import sys

__all__ = ["resident_bytes"]

_TASK_BASIC_INFO = 20  # MACH_TASK_BASIC_INFO


class _TaskInfo(ctypes.Structure):
    _fields_ = [
        ("virtual_size", ctypes.c_uint64),
        ("resident_size", ctypes.c_uint64),
        ("resident_size_max", ctypes.c_uint64),
        ("user_time", ctypes.c_int32 * 2),
        ("system_time", ctypes.c_int32 * 2),
        ("policy", ctypes.c_int32),
        ("suspend_count", ctypes.c_int32),
    ]


class _MemoryCounters(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("pools", ctypes.c_size_t * 4),
        ("page_file", ctypes.c_size_t * 2),
    ]


def resident_bytes():
    """Physical memory this process holds.

    Returns
    -------
    int
        Bytes. Where the system tells only the most there ever was (a Unix that is neither Linux nor macOS), that; 0
        where it tells nothing.

    Examples
    --------
    >>> resident_bytes() > 1_000_000
    True
    """
    for ask in _ASK.get(sys.platform, ()) + (_by_peak,):
        try:
            return ask()
        except (OSError, AttributeError, ValueError, ImportError):  # no /proc here, or no such call
            continue
    return 0


def _by_proc():
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _by_mach():
    library = ctypes.CDLL(None)
    info = _TaskInfo()
    count = ctypes.c_uint32(ctypes.sizeof(info) // 4)
    task = ctypes.c_uint32.in_dll(library, "mach_task_self_")
    if library.task_info(task, _TASK_BASIC_INFO, ctypes.byref(info), ctypes.byref(count)):
        raise OSError
    return info.resident_size


def _by_windows():
    kernel = ctypes.WinDLL("kernel32")
    counters = _MemoryCounters()
    counters.size = ctypes.sizeof(counters)
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.K32GetProcessMemoryInfo.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32]
    if not kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size):
        raise OSError
    return counters.working_set


def _by_peak():
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


_ASK = {"linux": (_by_proc,), "darwin": (_by_mach,), "win32": (_by_windows,)}
