"""The facts of parcels: those of the parcels that end are those of the orders that were placed."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from logistics.errors import BrokenRunError
from logistics.runtime.threads import in_pieces
from logistics.simulation.problem import Limits, Parcels, some_rows
from logistics.vocabulary import Array

_AT_ONCE = 1 << 15  # parcels
_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


class Facts:
    """How many parcels came in and out, and a checksum of everything that was drawn of them.

    A parcel that got another's destination, work or risk on its way from one time slice to the
    next changes the checksum.
    """

    def __init__(self) -> None:
        self._count = self._sum = 0

    def came_in(self, parcels: Parcels) -> None:
        """Take in parcels as they are ordered."""
        self._add(parcels, 1)

    def came_out(self, parcels: Parcels) -> None:
        """Take in parcels as they end."""
        self._add(parcels, -1)

    def _add(self, parcels: Parcels, sign: int) -> None:
        sums: list[int] = []

        def some(span: slice) -> None:
            sums.append(int(_marks(parcels, span).sum(dtype=np.uint64)))

        in_pieces(some, len(parcels.ordered), _AT_ONCE)
        self._count += sign * len(parcels.ordered)
        self._sum += sign * sum(sums)

    def settle(self) -> None:
        """Compare what came in with what came out.

        Raises BrokenRunError where they differ.
        """
        if self._count:
            fewer = f"{self._count} more parcels were ordered than came out"
            raise BrokenRunError("the whole run", fewer)
        if self._sum % (1 << 64):
            raise BrokenRunError(
                "the whole run", "the parcels that came out are not those that were ordered"
            )


def _marks(parcels: Parcels, span: slice) -> Array:
    """Return a number for each of a span of parcels that all its facts have a part in."""
    mark = np.zeros(span.stop - span.start, np.uint64)
    for field in fields(Parcels):
        column = some_rows(getattr(parcels, field.name), span)
        if isinstance(column, Limits):
            column = column.each(len(mark))
        for part in column.T if column.ndim > 1 else (column,):
            mark ^= part.astype(np.uint64)
            mark *= _ODD
            mark ^= mark >> _HALF
    return mark
