"""The compiled kernel, where the package was built with one (kernel/build.py): loops that NumPy cannot take together."""

from __future__ import annotations

import numpy as np

__all__ = ["give_back", "kernel", "there_is_a_kernel"]

try:
    from lotsplit.optimizer import _kernel as kernel
except ImportError:
    kernel = None  # type: ignore[assignment]

if np.array([1]).itemsize != 8:
    # NumPy 1 on Windows: its whole numbers are not those of the kernel
    kernel = None  # type: ignore[assignment]


def there_is_a_kernel() -> bool:
    """Whether the compiled kernel is there; without it bounds are looser and the search is slower."""
    return kernel is not None


def give_back() -> None:
    """Give memory that was freed back to the system, so that what comes next has it; without the kernel the system's allocator keeps it."""
    if kernel is not None:
        kernel.give_back()
