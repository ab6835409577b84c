"""What a run leaves behind: integer columns, tables on access, Parquet out and in.

Inside, everything is a whole number of ticks or a row number, exactly as the engine returned it.
The tables (`parcels`, `legs`, `departures`, `facilities`) are made on access, with names, UTC
times and hours; what has not happened is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.outcomes import NO_DEADLINE, NOT_DELIVERED, Causes, Names, Outcomes
from logistics.model.hazards import damage_factors
from logistics.model.policies.promise import NO_DATE
from logistics.runs.causes import Watch, causes_of, trail_of
from logistics.runtime.threads import gathered
from logistics.scenario.scenario import Scenario
from logistics.schedule.calendars import Period, add_working_days
from logistics.vocabulary import CAUSES, HOURS, NEVER_HERE, NOT_YET, TOUCH_KINDS, UNLIMITED, Status
from networks.geography import load_markets
from networks.schema import PACKAGING_GRADES, Calendar

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]

_DISPATCH_DAYS = 3


@dataclass(frozen=True, eq=False)
class Run:
    """One replication of a scenario.

    `columns`: parcels by number; `visits`: (parcels, visits) matrices `ready`, `departure`,
    `work`; `trips`: departures by number; `staff`: changes in the number of workers; `sources`:
    where parcels start; `gates`: the working days of their gates. `places`: what the numbers stand
    for. `facts`: counts and seconds of the run.
    """

    scenario: Scenario
    seed: int
    replication: int
    engine: str
    time_zones: tuple[str, ...]
    places: Mapping[str, Any]
    columns: Mapping[str, Array]
    visits: Mapping[str, Array]
    trips: Mapping[str, Array]
    staff: Mapping[str, Array]
    sources: Mapping[str, Array]
    gates: Mapping[str, Array]
    facts: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.columns["order_id"])

    def same_as(self, other: Run) -> bool:
        """Tell whether two runs have the same columns, whatever time they took."""
        groups = ("columns", "visits", "trips", "staff", "sources", "gates")
        return self.scenario == other.scenario and all(
            a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)
            for a, b in ((getattr(self, g), getattr(other, g)) for g in groups)
        )

    @cached_property
    def period(self) -> Period:
        """The dates and ticks of the run."""
        days = self.scenario.days
        return Period(
            days.first_day, days.warm_up_days, days.days, days.cool_down_days, days.tick_ms,
            self.time_zones,
        )  # fmt: skip

    @cached_property
    def measured(self) -> NDArray[np.bool_]:
        """(parcels,) whether the order was placed on a measured local date."""
        days, day = self.scenario.days, self.columns["day"]
        return (day >= days.warm_up_days) & (day < days.warm_up_days + days.days)

    @cached_property
    def _zones(self) -> Array:
        return np.array([self.period.zone_number(zone) for zone in load_markets().time_zones])

    def of(self, rows: Array) -> Run:
        """Return the run with some of its parcels only (a mask, or row numbers).

        Its departures are those of the whole run; ask that one for the facilities.
        """
        return replace(
            self,
            columns={name: column[rows] for name, column in self.columns.items()},
            visits={name: matrix[rows] for name, matrix in self.visits.items()},
        )

    def first_scan(self) -> Array:
        """Return (parcels,) the tick at which the first vehicle left with it, or NOT_YET."""
        first = self.visits["departure"][:, 0]
        left = (first != NOT_YET) & (self.columns["last_visit"] > 0)
        return np.where(left, self.trips["tick"][np.where(left, first, 0)], NOT_YET)

    def outcomes(self) -> Outcomes:
        """Return what became of the measured orders, sorted by order and parcel."""
        c, rows = self.columns, self.measured_rows
        day_ticks = 86_400_000 / self.scenario.days.tick_ms
        status, ended = c["status"][rows], c["ended"][rows].astype(np.int64)
        delivered, under_way = status == Status.DELIVERED, status == Status.UNDER_WAY
        ordered, day = c["ordered"][rows].astype(np.int64), c["day"][rows].astype(np.int64)
        scan = self.first_scan()[rows].astype(np.int64)
        scanned = scan != NOT_YET
        zone = self._zones[c["market"][rows]]
        arrived = self.period.local_days(zone, np.where(delivered, ended, 0))
        scan_day = self.period.local_days(zone, np.where(scanned, scan, 0))
        handling, packaging = self._expected_hazard(rows)
        return Outcomes(
            order_id=c["order_id"][rows],
            parcel_id=c["parcel_id"][rows],
            product=c["product"][rows].astype(np.int16),
            market=c["market"][rows].astype(np.int16),
            delivery_days=np.where(delivered, (ended - ordered) / day_ticks, np.inf),
            delivery_dates=np.where(delivered, arrived - day, NOT_DELIVERED).astype(np.int32),
            dispatch_days=np.where(scanned, (scan - ordered) / day_ticks, np.inf),
            late_days=np.where(delivered, arrived - c["promised_day"][rows], np.inf),
            age_days=np.where(under_way, (self.period.horizon - ordered) / day_ticks, np.nan),
            delivered=delivered,
            damaged=c["damaged_step"][rows] != NEVER_HERE,
            lost=status == Status.LOST,
            stolen=status == Status.STOLEN,
            returned=status == Status.RETURNED,
            under_way=under_way,
            touches=c["touches"][rows].astype(np.int16),
            distance_km=(c["distance_m"][rows] / 1000).astype(np.float32),
            zone=c["zone"][rows],
            hours=(np.stack([c[name][rows] for name in HOURS]) * (24 / day_ticks)).astype(
                np.float32
            ),
            damaged_kind=c["damaged_kind"][rows],
            hazard_handling=handling,
            hazard_packaging=packaging,
            dispatched_in_time=scanned & (scan_day <= self._dispatch_by[day]),
            names=Names(
                tuple(product.name for product in self.scenario.orders.products),
                load_markets().ids,
            ),
            daily_days=self.daily_days(),
        )

    def daily_days(self) -> NDArray[np.float64]:
        """Return the mean delivery days of the delivered by local order date; NaN where none.

        From the first simulated date to the last measured; those after it lack the slow ones.
        """
        c, days = self.columns, self.scenario.days
        dates = days.warm_up_days + days.days
        rows = np.flatnonzero((c["status"] == Status.DELIVERED) & (c["day"] < dates))
        day, ended = c["day"][rows], c["ended"][rows].astype(np.int64)
        ticks = np.bincount(day, ended - c["ordered"][rows], dates)
        with np.errstate(invalid="ignore"):
            means = ticks / np.bincount(day, minlength=dates)
        return np.asarray(means / (86_400_000 / days.tick_ms))

    @cached_property
    def measured_rows(self) -> Array:
        """The rows of the measured parcels, sorted by order and parcel."""
        rows = np.flatnonzero(self.measured)
        order, parcel = (self.columns[name][rows] for name in ("order_id", "parcel_id"))
        return rows[np.lexsort((parcel, order))]

    def causes(self, watch: Watch | None = None) -> Causes:
        """Return where the time of the measured parcels went, row by row as `outcomes`.

        `watch` is told of every stretch of their ways, from several threads.
        """
        c, rows, days = self.columns, self.measured_rows, self.scenario.days
        as_numbered = np.flatnonzero(self.measured)  # neighbours in memory: far quicker
        ticks = causes_of(trail_of(self), as_numbered, watch)
        place = np.empty(len(self), np.int32)
        place[as_numbered] = np.arange(len(rows))
        place = place[rows]
        promised = c["promised_day"][rows].astype(np.int64)
        ends = self.period.midnight(
            self._zones[c["market"][rows]], np.where(promised < NO_DATE, promised + 1, 0)
        )
        return Causes(
            ticks=np.stack([gathered(row, place) for row in ticks]),
            allowed=np.where(promised < NO_DATE, ends - c["ordered"][rows], NO_DEADLINE),
            date=(c["day"][rows] - days.warm_up_days).astype(np.int16),
            dates=days.days,
            first_weekday=days.first_day.weekday(),
            ticks_per_hour=3_600_000 / days.tick_ms,
        )

    @cached_property
    def _dispatch_by(self) -> Array:
        """(days,) the last day on which an order of each day is dispatched in time."""
        calendar = Calendar("Mon-Fri", "federal")
        return np.array(
            [
                (
                    add_working_days(calendar, self.period.date_of(day), _DISPATCH_DAYS)
                    - self.period.first_date
                ).days
                for day in range(self.period.all_days)
            ]
        )

    def _expected_hazard(self, rows: Array) -> tuple[Array, Array]:
        """Return the hazard of each parcel's way in good packaging, and what its packaging adds."""
        good = PACKAGING_GRADES.index("good")
        grades = len(PACKAGING_GRADES)
        factor = damage_factors(self.scenario)
        risk = self.columns["product"][rows] * grades + self.columns["grade"][rows]
        neutral = self.columns["product"][rows] * grades + good
        at_good = self.columns["hazard"][rows] * (factor[neutral] / factor[risk])
        return at_good.astype(np.float32), (self.columns["hazard"][rows] - at_good).astype(
            np.float32
        )

    # --- tables -------------------------------------------------------------------------------

    @cached_property
    def parcels(self) -> pd.DataFrame:
        """One row a parcel: what was ordered, its clocks (UTC), its way, what happened to it."""
        import pandas as pd  # noqa: PLC0415

        c, period = self.columns, self.period
        markets = load_markets()
        status = np.array([s.name.lower().replace("_", " ") for s in Status])
        promised = c["promised_day"].astype(np.int64)
        first = np.datetime64(period.first_date)
        table = {
            "order_id": c["order_id"],
            "parcel_id": c["parcel_id"],
            "product": _category(c["product"], [p.name for p in self.scenario.orders.products]),
            "market": _category(c["market"], markets.ids),
            "source": self._source_names(),
            "station": _category(c["station"], self.places["facilities"]),
            "packaging": _category(c["grade"], PACKAGING_GRADES),
            "measured": self.measured,
            "order_date": first + c["day"].astype(np.int64),
            "ordered_utc": self._utc(c["ordered"]),
            "packed_utc": self._utc(self.visits["ready"][:, 0]),
            "first_scan_utc": self._utc(self.first_scan()),
            "out_for_delivery_utc": self._utc(c["out_for_delivery"]),
            "delivered_utc": self._utc(
                np.where(c["status"] == Status.DELIVERED, c["ended"], NOT_YET)
            ),
            "promised_date": np.where(
                promised < NO_DATE, first + np.minimum(promised, NO_DATE), np.datetime64("NaT")
            ),
            "status": _category(c["status"], status),
            "attempts": c["attempts"],
            "touches": c["touches"],
            "distance_km": c["distance_m"] / 1000,
            "zone": c["zone"],
            "damaged_by": _category(c["damaged_kind"], TOUCH_KINDS),
            "damaged_where": self._where(c["damaged_step"]),
            "lost_where": self._where(c["lost_step"], stolen=c["status"] == Status.STOLEN),
        }
        for name in HOURS:
            table[f"{name}_hours"] = c[name] * (self.scenario.days.tick_ms / 3_600_000)
        return pd.DataFrame(table)

    @cached_property
    def hours_by_cause(self) -> pd.DataFrame:
        """One row a parcel, as in `parcels`: where its hours went, a column for each cause.

        Those of a delivered parcel add up to the time from order to delivery.
        """
        import pandas as pd  # noqa: PLC0415

        ticks = causes_of(trail_of(self), np.arange(len(self)))
        hour = 3_600_000 / self.scenario.days.tick_ms
        table = {name: self.columns[name] for name in ("order_id", "parcel_id")}
        hours = {f"{cause}_hours": row / hour for cause, row in zip(CAUSES, ticks, strict=True)}
        return pd.DataFrame(table | hours)

    @cached_property
    def legs(self) -> pd.DataFrame:
        """One row a parcel and lane or round: ready, departed and arrived (UTC), sorted by both."""
        import pandas as pd  # noqa: PLC0415

        ready, departure = self.visits["ready"], self.visits["departure"]
        parcel, leg = np.nonzero(ready != NOT_YET)
        number = departure[parcel, leg]
        left = number != NOT_YET
        trip = np.where(left, number, 0)
        arrives = self.trips["arrives"][trip]
        arrived = left & ~self._is_round[trip] & (arrives < self.period.horizon)
        arrived &= self.columns["lost_step"][parcel] != 2 * leg + 1
        return pd.DataFrame(
            {
                "parcel": parcel.astype(np.int32),
                "parcel_id": self.columns["parcel_id"][parcel],
                "leg": leg.astype(np.int8),
                "lane": _category(
                    np.where(left, self.trips["lane"][trip], -1), self.places["lanes"]
                ),
                "departure": pd.Series(np.where(left, number, 0), dtype="Int32").where(left),
                "ready_utc": self._utc(ready[parcel, leg]),
                "departed_utc": self._utc(np.where(left, self.trips["tick"][trip], NOT_YET)),
                "arrived_utc": self._utc(np.where(arrived, arrives, NOT_YET)),
            }
        )

    @cached_property
    def departures(self) -> pd.DataFrame:
        """One row a departure or wave before the horizon: load, capacity, left behind."""
        import pandas as pd  # noqa: PLC0415

        t = {name: column[self.trips["tick"] < self.period.horizon]
             for name, column in self.trips.items()}  # fmt: skip
        capacity = pd.Series(t["capacity"], dtype="Int64")
        return pd.DataFrame(
            {
                "departure": np.arange(len(t["tick"]), dtype=np.int32),
                "lane": _category(t["lane"], self.places["lanes"]),
                "departs_utc": self._utc(t["tick"]),
                "arrives_utc": self._utc(t["arrives"]),
                "load": t["load"],
                "capacity": capacity.where(t["capacity"] != UNLIMITED),
                "left_behind": t["left_behind"],
            }
        )

    @cached_property
    def facilities(self) -> pd.DataFrame:
        """One row a facility and hour: arrivals, queue at its end, workers, utilisation."""
        from logistics.runs.facility_hours import facility_hours  # noqa: PLC0415

        return facility_hours(self)

    @cached_property
    def _is_round(self) -> NDArray[np.bool_]:
        return np.asarray(self.places["lane_destination"])[self.trips["lane"]] < 0

    def _utc(self, tick: Array) -> Array:
        times = self.period.times(tick)
        times[np.asarray(tick) == NOT_YET] = np.datetime64("NaT")
        return times

    def _source_names(self) -> Any:
        facilities, centers = self.places["facilities"], self.places["source_facility"]
        sellers = self.places["sellers"]
        names = [f"seller {row:06d}" for row in range(sellers)]
        if centers:
            names = [*facilities, *names]
            code = np.append(centers, len(facilities) + np.arange(sellers))
            return _category(code[self.columns["source"]], names)
        return _category(self.columns["source"], names)

    def place_of_visit(self, rows: Array, visit: int) -> Array:
        """Return the facility number of a visit of some parcels; -1 for a seller or no visit."""
        if visit == 0:
            centers, sellers = self.places["source_facility"], self.places["sellers"]
            own = np.append(np.asarray(centers, np.int64), np.full(sellers, -1))
            return own[self.columns["source"][rows]]
        before = self.visits["departure"][rows, visit - 1]
        lane = self.trips["lane"][np.where(before == NOT_YET, 0, before)]
        place = np.asarray(self.places["lane_destination"])[lane]
        return np.where(before == NOT_YET, -1, place)

    def _where(self, step: Array, stolen: Array | None = None) -> Any:
        """Return the place of each step by name: a facility, a lane, a round, or the door step."""
        lanes, facilities = self.places["lanes"], self.places["facilities"]
        names = [*facilities, *lanes, "seller", "door step"]
        place = np.full(len(step), -1, np.int64)
        rows = np.flatnonzero(step != NEVER_HERE)
        number = step[rows].astype(np.int64)
        last = self.columns["last_visit"][rows].astype(np.int64)
        visit = np.minimum(number // 2, last)
        at_door = number > 2 * last
        at_visit = ~at_door & (number % 2 == 0)
        for v in range(self.visits["ready"].shape[1]):
            here = visit == v
            trip = self.visits["departure"][rows[here], v]
            lane = self.trips["lane"][np.where(trip == NOT_YET, 0, trip)]
            facility = self.place_of_visit(rows[here], v)
            facility = np.where(facility < 0, len(names) - 2, facility)
            place[rows[here]] = np.where(at_visit[here], facility, len(facilities) + lane)
        if stolen is not None:
            place[stolen] = len(names) - 1
        return _category(place, names)

    def save(self, folder: str | Path) -> None:
        """Write the run as zstd Parquet files; `Run.load` reads it back equal.

        Raises FileExistsError when the folder exists.
        """
        from logistics.runs.files import RunFiles  # noqa: PLC0415

        Path(folder).mkdir(parents=True)
        with RunFiles(Path(folder)) as files:
            files.append(self.columns, self.visits)
            files.finish(self.about(), self.trips, self.staff)

    def about(self) -> dict[str, Any]:
        """Return what else there is to be kept: as JSON has it, and two tables."""
        return {
            "scenario": self.scenario.model_dump(mode="json"),
            "seed": self.seed,
            "replication": self.replication,
            "engine": self.engine,
            "time_zones": self.time_zones,
            "places": self.places,
            "facts": self.facts,
            "sources": self.sources,
            "gates": self.gates,
        }

    @classmethod
    def load(cls, folder: str | Path) -> Run:
        """Read a run that `save` or `stream` wrote.

        Raises FileNotFoundError, or ValueError when another version of the format wrote it.
        """
        from logistics.runs.files import read_files  # noqa: PLC0415

        about, tables = read_files(Path(folder))
        return cls(
            scenario=Scenario.model_validate(about["scenario"]),
            seed=about["seed"],
            replication=about["replication"],
            engine=about["engine"],
            time_zones=tuple(about["time_zones"]),
            places=about["places"],
            facts=about["facts"],
            **tables,
        )


def _category(codes: Array, names: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    categories = pd.Index(list(names), dtype=object)
    return pd.Categorical.from_codes(np.asarray(codes).astype(np.int64), categories=categories)
