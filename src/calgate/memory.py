"""How the server's process keeps memory: what one large answer took, the next one takes again."""

from __future__ import annotations

import ctypes
import gc
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""Parameters of mallopt(3)."""
_KEPT_BYTES = 64 << 20
_LARGE_BYTES = 32 << 20
_STEP_BYTES = 4 << 20


def keep_freed() -> None:
    """Once, before the first request.

    glibc gives freed memory back to the system after each large answer, and the next one gets it back page by
    page: a third of the time of a month of a large calendar. Elsewhere nothing happens.
    """
    if platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_TOP_PAD, _STEP_BYTES)
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
    # What is loaded by now stays for ever: no collection needs to look through it again.
    gc.collect()
    gc.freeze()
