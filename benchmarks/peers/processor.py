"""What the processor can do."""

import pathlib


def multiplies_bf16():
    """Elsewhere bf16 is emulated by every engine, which nobody would use."""
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    return "avx512_bf16" in flags or "amx_bf16" in flags
