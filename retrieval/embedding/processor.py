"""Tells whether this machine's processor multiplies 8-bit numbers itself. Without that, 8 bits are slower than fp32."""

from functools import lru_cache
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")


def multiplies_bf16() -> bool:
    return bool(flags() & {"avx512_bf16", "amx_bf16"})


def multiplies_eight_bits() -> bool:
    """Decides whether sums of products of 8-bit numbers take one instruction (VNNI), and are exact.

    The substitute on AVX2 adds two products in 16 bits, which overflow.
    """
    return bool(flags() & {"avx512_vnni", "avx_vnni"})


@lru_cache(maxsize=1)
def flags() -> frozenset[str]:
    """Returns the processor's flags; empty if Linux does not provide them."""
    try:
        text = CPU_INFO.read_text(encoding="ascii", errors="replace")
    except OSError:
        return frozenset()
    return frozenset(text.split())
