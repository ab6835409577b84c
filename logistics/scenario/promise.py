"""How a scenario promises delivery dates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from networks.inputs.local_times import Holidays, LocalTime, Weekdays
from networks.inputs.models import Parameters
from networks.inputs.provenance import parameter
from networks.inputs.units import Duration


class BusinessDays(Parameters):
    """Promise a number of business days."""

    rule: Literal["business days"] = "business days"
    days: int = Field(ge=0, le=60)
    cutoff: LocalTime = "24:00"
    """Orders placed later count from the next day."""
    weekdays: Weekdays = "Mon-Fri"
    holidays: Holidays = "federal"


class PathTimetable(Parameters):
    """Promise what the timetables of the order's own route allow, plus a buffer."""

    rule: Literal["timetable"] = "timetable"
    buffer: Duration = parameter("2 h", assumed=("0 h", "8 h"))


Promise = Annotated[BusinessDays | PathTimetable, Field(discriminator="rule")]
