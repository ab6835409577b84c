"""How dates such as 05/09/2023 are written."""

from enum import StrEnum


class DateOrder(StrEnum):
    """Which comes first in a date whose year comes last."""

    MONTH_FIRST = "month-first"
    DAY_FIRST = "day-first"
