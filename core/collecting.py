"""What a process loaded, kept out of the way of Python's garbage collector; what loading left behind, given back.

A full collection goes through all that is alive: a third of a million objects of an index and of libraries, 20 to 70 ms in
which a process answers nobody, many times a minute under load. What stays until the end need never be gone through. What
comes later and stays for long, as open sockets do, is gone through seldom: 2,000 take a gateway 170 ms, and up to 450 where
other processes want its core.
"""

from __future__ import annotations

import ctypes
import gc
import sys

_RARELY = 100  # collections of the middle generation before a full one, which finds some hundred objects (Python's own: 10)


def settle() -> None:
    """Call it once everything is loaded, and again when much of that was replaced.

    Reading models and tables also leaves hundreds of megabytes that the allocator would keep: only glibc is asked for them.
    """
    gc.unfreeze()  # of what was replaced, cycles are found now
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _RARELY)
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
