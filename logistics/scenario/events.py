"""Dated events: what is closed, and when."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from networks.inputs.local_times import LocalDateTime
from networks.inputs.models import Parameters, refusal
from networks.inputs.units import Text


class Closure(Parameters):
    """A facility that does not work, or a lane that does not run, for a while."""

    place: Text = Field(min_length=1, max_length=200)
    """Id of a facility ('FC012') or of a lane ('FC012 > SC003 by linehaul')."""
    start: LocalDateTime
    """Local time at the facility or the lane's origin."""
    end: LocalDateTime

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.end <= self.start:
            raise refusal("a closure must end after its start", f"after {self.start}", "end")
        return self
