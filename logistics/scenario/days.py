"""The days of a run, what is closed on them, and how often it is run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Self

from pydantic import Field, model_validator

from networks.inputs.local_times import LocalDate, LocalDateTime
from networks.inputs.models import Parameters, refusal
from networks.inputs.provenance import parameter
from networks.inputs.units import PositiveDuration, Text

MOST_TICKS = 2**32
"""Ticks are numbered in 32 bits: a tick and a parcel make one number."""


FIRST_YEAR, LAST_YEAR = 1971, 2199
"""Earlier, holidays and clocks followed other rules; later years are out of scope."""


_DAYS_OF_WORK = 10
"""What begins at the end of a run must still be counted when it is done."""


FOLLOW_DAYS = 60
"""How long the measured parcels are followed where no others are ordered after them."""


class Days(Parameters):
    """Which days are simulated. Warm-up and later days have orders too, not counted.

    A run ends when every measured parcel has ended: nothing later can touch it.
    """

    first_day: LocalDate = parameter(
        "2023-09-18", source="an ordinary autumn week of 2023, without a holiday",
        ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31),
    )  # fmt: skip
    """First measured date (local)."""
    warm_up_days: int = parameter(10, assumed=(7, 21), ge=0, le=365)
    days: int = parameter(7, assumed=(7, 56), ge=1, le=3660)
    """Measured days."""
    later_order_days: int = parameter(16, assumed=(7, 28), ge=0, le=365)
    """Days after the measured ones with orders as on any other day, while parcels are followed."""
    follow_days: int | None = parameter(
        None, source="as many as later_order_days, or 60 where these are 0", ge=0, le=365
    )
    """Days after the measured ones in which their parcels are followed, at most."""
    tick: PositiveDuration = parameter("10 ms", assumed=("1 ms", "500 ms"))
    """The smallest step of time."""

    @model_validator(mode="before")
    @classmethod
    def _cool_down(cls, given: Any) -> Any:
        """Read the days of an older file: orders went on for as long as parcels were followed."""
        if isinstance(given, dict) and "cool_down_days" in given:
            if given.keys() & {"later_order_days", "follow_days"}:
                text = "is the older name of later_order_days"
                raise refusal(text, "one of the two", "cool_down_days")
            given = dict(given)
            days = given.pop("cool_down_days")
            given |= {"later_order_days": days, "follow_days": days}
        return given

    @model_validator(mode="after")
    def _tick(self) -> Self:
        ms = self.tick.total_seconds() * 1000
        if ms < 1 or ms != int(ms) or 60_000 % int(ms):
            raise refusal("must be whole milliseconds that divide a minute", "1 ms to 60 s", "tick")
        return self

    @property
    def followed_days(self) -> int:
        """Days after the measured ones in which their parcels are followed, at most."""
        if self.follow_days is not None:
            return self.follow_days
        return self.later_order_days or FOLLOW_DAYS

    @property
    def order_days(self) -> int:
        """The days that have orders."""
        return self.warm_up_days + self.days + min(self.later_order_days, self.followed_days)

    @property
    def with_orders(self) -> set[date]:
        """The dates that have orders."""
        first = self.first_day - timedelta(days=self.warm_up_days)
        return {first + timedelta(days=day) for day in range(self.order_days)}

    @property
    def span_of_orders(self) -> str:
        """The first and the last date that has orders, in words."""
        return (
            f"{min(self.with_orders)} to {max(self.with_orders)}, warm-up and later days included"
        )

    @property
    def all_days(self) -> int:
        """The days of the run, if it does not end early."""
        return self.warm_up_days + self.days + self.followed_days

    def idle(self, start: datetime, end: datetime) -> Iterator[tuple[str, datetime, str]]:
        """Yield which end of a span puts it outside the days of the run, and what is allowed."""
        first = self.first_day - timedelta(days=self.warm_up_days)
        last = first + timedelta(days=self.all_days - 1)
        allowed = f"{first} to {last}, warm-up and later days included"
        if end <= datetime(first.year, first.month, first.day):
            yield "end", end, allowed
        if start.date() > last:
            yield "start", start, allowed

    @property
    def tick_ms(self) -> int:
        """The tick in milliseconds."""
        return int(self.tick.total_seconds() * 1000)


class Closure(Parameters):
    """A facility that does not work, or a lane that does not run, for a while."""

    place: Text = Field(min_length=1, max_length=200)
    """Id of a facility ('FC012') or of a lane ('FC012 > SC003 by linehaul'), or the kind and city
    of a facility ('hub in Chicago') that is the only such one."""
    start: LocalDateTime
    """Local time at the facility or the lane's origin."""
    end: LocalDateTime

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.end <= self.start:
            raise refusal("a closure must end after its start", f"after {self.start}", "end")
        return self


class Runs(Parameters):
    """How often the scenario is run, and with which random seed."""

    replications: int = parameter(4, assumed=(4, 50), ge=1, le=100_000)
    seed: int = parameter(1, assumed=(0, 999_999), ge=0, le=2**63 - 1)


def shortest_tick_ms(days: int) -> int:
    """Return the shortest tick with which a run of so many days can be counted."""
    least = (days + _DAYS_OF_WORK) * 86_400_000 / MOST_TICKS
    return next(ms for ms in range(1, 60_001) if ms >= least and 60_000 % ms == 0)
