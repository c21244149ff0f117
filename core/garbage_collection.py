"""Excludes long-lived objects from Python's garbage collection, and returns unused memory after loading.

A full collection visits all live objects: a third of a million, of an index and of libraries. It takes 20 to 70 ms in which
the process answers nobody, many times a minute under load. Objects that live until the end need no visit. Long-lived objects
created later, such as open sockets, are visited seldom: 2,000 take a gateway 170 ms, up to 450 ms on a busy core.
"""

import ctypes
import gc
import sys

_RARELY = 100  # collections of the middle generation before a full one, which finds some hundred objects (Python's default: 10)


def freeze_long_lived() -> None:
    """Excludes all present objects from collections. Call it after loading, and again when much of that was replaced.

    Reading models and tables also leaves hundreds of megabytes with the allocator: only glibc can be asked to return them.
    """
    gc.unfreeze()  # cycles among the replaced objects are found now
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _RARELY)
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
