"""How dates such as 05/09/2023 are written."""

from __future__ import annotations

from enum import StrEnum

from networks.inputs.faults import shown, whole_file


class DateOrder(StrEnum):
    """Which comes first in a date whose year comes last."""

    MONTH_FIRST = "month-first"
    DAY_FIRST = "day-first"

    @classmethod
    def of(cls, text: str | None) -> DateOrder | None:
        """Return the order that a text names, None for None. Raises InputError for another text."""
        try:
            return None if text is None else cls(text)
        except ValueError:
            raise whole_file(
                "dates", f"{shown(text)} is no order of dates", ", ".join(cls)
            ) from None
