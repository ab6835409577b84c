"""What the cells of a column say it may hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.inputs.times import read_times

MOST = 0.9
"""Share of the cells that must look alike."""
_FLAGS = {*("yes", "no", "y", "n", "true", "false", "t", "f", "1", "0", "x")}
_NOTHING = {"", "-", "--", "n/a", "null", "none", "nan", "nat", "0000-00-00", "0000-00-00 00:00:00"}
_NUMBERED = r"^(?:[A-Za-z]+[ #-]*)?([0-9]{1,3})(?: ?(?:/|of) ?[0-9]{1,3})?$"
"""Packages of an order: '1', 'Box 1', '1 of 2'."""
_FEW, _SHARED = 0.02, 5
"""Orders and packages that may share a package with other orders, and how many orders it may be."""


def are_times(cells: pd.Series[Any]) -> bool:
    """Tell whether cells are dates, with or without a time of day."""
    read = ~np.isnat(read_times(cells.reset_index(drop=True)).time)
    return bool(read.mean() >= MOST and not cells.str.fullmatch("[0-9]+").all())


def are_zips(cells: pd.Series[Any]) -> bool:
    """Tell whether cells are whole ZIP codes."""
    zips = cells.str.fullmatch("'?[0-9]{5}(?:-[0-9]{4})?").mean() >= MOST
    return bool(zips and not _count_up(cells))


def are_ids(cells: pd.Series[Any]) -> bool:
    """Tell whether cells are ids of orders."""
    ids = cells.str.fullmatch(r"(?=.*[0-9])[\w#/-]{2,40}").mean() >= MOST
    is_other = are_times(cells) or are_row_numbers(cells)
    return bool(ids and cells.nunique() >= len(cells) / 4 and not is_other)


def _count_up(cells: pd.Series[Any]) -> bool:
    """Tell whether cells are numbers that only grow: those of orders, not ZIP codes."""
    numbers: NDArray[np.float64] = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64)
    return len(numbers) > 2 and bool((np.diff(numbers) > 0).all())


def are_row_numbers(cells: pd.Series[Any]) -> bool:
    """Tell whether cells count rows, all of them or those of each order: 1, 2, 3."""
    numbers: NDArray[np.float64] = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64)
    first = numbers[:1]
    follows = (np.diff(numbers) == 1) | (numbers[1:] == first)
    return len(numbers) > 1 and bool(np.isin(first, (0, 1)).all() and follows.all())


def are_flags_or_times(cells: pd.Series[Any]) -> bool:
    """Tell whether cells say yes or no, or when; those that say nothing aside."""
    unique = pd.Series(cells.str.casefold().unique(), dtype=object)
    told = unique[~unique.isin(_NOTHING)].reset_index(drop=True)
    return bool(told.isin(_FLAGS).all() or (~np.isnat(read_times(told).time)).mean() > 1 / 2)


def name_parcels(order: pd.Series[Any], package: pd.Series[Any]) -> bool:
    """Tell whether cells name parcels: of one order each, but for few, or 1, 2, 3 in each order.

    What other columns of boxes hold, such as sizes or comments, many orders share.
    """
    told = (order != "") & (package != "")
    pairs = pd.DataFrame({"order": order[told], "package": package[told]}).drop_duplicates()
    orders = pairs.groupby("package", sort=False)["order"].transform("size")
    shared = orders[orders > 1]
    if len(shared) <= _FEW * len(pairs) and (shared <= _SHARED).all():
        return len(pairs) > 0
    numbered = pairs["package"].str.extract(_NUMBERED, expand=False)
    if numbered.isna().any():
        return False
    numbers = numbered.astype(int).groupby(pairs["order"])
    return bool(((numbers.min() == 1) & (numbers.max() == numbers.size())).all())
