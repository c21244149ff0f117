"""What a process loaded, kept out of the way of Python's garbage collector; what loading left behind, given back.

A full collection goes through all that is alive: a third of a million objects of an index and of libraries, 20 to 70 ms in
which a process answers nobody, many times a minute under load. What stays until the end need never be gone through.
"""

from __future__ import annotations

import ctypes
import gc
import sys


def settle() -> None:
    """Call it once everything is loaded, and again when much of that was replaced.

    Reading models and tables also leaves hundreds of megabytes that the allocator would keep: only glibc is asked for them.
    """
    gc.unfreeze()  # of what was replaced, cycles are found now
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
