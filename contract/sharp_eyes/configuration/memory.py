"""Gives memory that is free, and that the C library keeps for later, back to the system.

Pictures come and go from many threads; glibc keeps what they leave in its arenas, which
grow to several times what is used.
"""

import ctypes


def give_back() -> bool:
    """Give back what is free; whether the C library can do so (glibc can, others mostly need not)."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return False
    trim(ctypes.c_size_t(0))
    return True
