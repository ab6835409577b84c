"""Row-wise work on all cores: NumPy and the compiled kernel let go of Python's lock.

Each piece of the rows is written by one thread only, so the result is the same whatever the number
of threads. A worker process works alone: its neighbors have the other cores.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROWS = 1 << 16  # at a time
_ROW_BITS = 31


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _threads() -> int:
    return 1 if multiprocessing.parent_process() is not None else cores()


def in_pieces(work: Callable[[slice], None], rows: int, piece: int) -> None:
    """Call `work` with every piece of `rows`; calls must not touch each other's rows.

    Raises what `work` raises.
    """
    starts = range(0, rows, piece)
    threads = max(1, min(_threads(), len(starts)))

    def share(number: int) -> None:
        for start in starts[number::threads]:
            work(slice(start, min(start + piece, rows)))

    if threads == 1:
        share(0)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(share, range(threads)))


def gathered(column: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """Return column[rows], for row numbers."""
    result = np.empty(len(rows), column.dtype)

    def work(piece: slice) -> None:
        np.take(column, rows[piece], out=result[piece], mode="clip")  # quicker than checking

    in_pieces(work, len(rows), _ROWS)
    return result


def sorted_rows(column: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return a column of integers from 0 on, sorted, and the row of each; ties by row.

    Value and row are sorted as one number, which is several times faster than `argsort`. Values
    must be below 2^32 and rows below 2^31.
    """
    rows, values = np.empty(len(column), np.int64), np.empty_like(column)

    def pack(piece: slice) -> None:
        rows[piece] = column[piece]
        rows[piece] <<= _ROW_BITS
        rows[piece] |= np.arange(piece.start, piece.stop)

    def unpack(piece: slice) -> None:
        values[piece] = rows[piece] >> _ROW_BITS
        rows[piece] &= (1 << _ROW_BITS) - 1

    in_pieces(pack, len(rows), _ROWS)
    rows.sort()
    in_pieces(unpack, len(rows), _ROWS)
    return values, rows
