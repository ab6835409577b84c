"""Networks of your own, as a run needs them: read from files, their faults told as all others."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from networks.files import NetworkFile

from logistics.errors import Fault, InputError


def read_own(path: str | Path, markets: Collection[str] = ()) -> NetworkFile:
    """Read a network from a workbook or a folder of CSV files.

    `markets`: ids of those that order and must be served.

    Raises InputError with every fault: file and sheet, row, column, value and what is allowed.
    """
    from networks.files import NetworkFileError, read_network  # noqa: PLC0415

    try:
        return read_network(path, markets)
    except NetworkFileError as error:
        raise InputError(
            Fault(
                file=one.place,
                line=one.row,
                field=one.column,
                value=one.value,
                problem=one.problem,
                allowed=one.allowed,
            )
            for one in error.faults
        ) from None


def is_own(path: str | Path) -> bool:
    """Tell whether a path is that of a network of your own."""
    path = Path(path)
    return path.suffix.lower() == ".xlsx" or (path / "facilities.csv").is_file()
