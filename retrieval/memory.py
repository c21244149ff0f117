"""What loading leaves behind goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Call it once everything is loaded. Reading models and tables leaves hundreds of megabytes that the allocator would keep.

    Only glibc is asked; elsewhere nothing happens.
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
