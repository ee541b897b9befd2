"""Columns of numbers, and when to work on them with NumPy.

Importing NumPy costs a hundred milliseconds, ending a small run should cost three: what is small is
done with the standard library's arrays, with the same result.
"""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Integers: TypeAlias = array[int] | npt.NDArray[np.int64]
    Floats: TypeAlias = array[float] | npt.NDArray[np.float64]

WORTH_AN_IMPORT = 50_000
"""Numbers for which it pays to import NumPy, where that is not done yet."""
WORTH_A_CALL = 200
"""Numbers for which NumPy, once imported, is quicker than a loop."""


def numpy_pays(count: int) -> bool:
    """Return whether NumPy is the quicker way to work on `count` numbers."""
    return count >= (WORTH_A_CALL if "numpy" in sys.modules else WORTH_AN_IMPORT)
