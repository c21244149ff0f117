"""What this machine's processor multiplies by itself: what it does not is slower than fp32 where it is asked for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

TOLD = Path("/proc/cpuinfo")


def multiplies_bf16() -> bool:
    return bool(flags() & {"avx512_bf16", "amx_bf16"})


def multiplies_eight_bits() -> bool:
    """Decides whether sums of products of 8-bit numbers take one step (VNNI), and are exact.

    What stands in for them on AVX2 adds two products in 16 bits, which overflow.
    """
    return bool(flags() & {"avx512_vnni", "avx_vnni"})


@lru_cache(maxsize=1)
def flags() -> frozenset[str]:
    """Empty where Linux does not tell."""
    try:
        told = TOLD.read_text(encoding="ascii", errors="replace")
    except OSError:
        return frozenset()
    return frozenset(told.split())
