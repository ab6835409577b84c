"""The result of one replication: columns, tables on access, Parquet out and in."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from logistics.analysis.measures.outcomes import Causes, Outcomes
from logistics.runs import tables
from logistics.runs.facility_hours import facility_hours
from logistics.runs.files import RunFiles, read_files
from logistics.runs.measured_parcels import causes_of_measured, headline_of, outcomes_of
from logistics.runs.run_columns import RunColumns
from logistics.scenario.scenario import Scenario


class Run(RunColumns):
    """One replication of a scenario.

    The tables (`parcels`, `legs`, `departures`, `facilities`, `hours_by_cause`) are made on access
    and kept. Below them lie integers, exactly as the engine returned them: see `RunColumns`.
    """

    def __repr__(self) -> str:
        """Return a few lines: what was run, and the main results."""
        lines = (f"{label:<10} {value}" for label, value in headline_of(self).items())
        return "\n".join([self._title, *lines])

    def _repr_html_(self) -> str:
        """Show the same in a notebook."""
        return str(pd.DataFrame({self._title: headline_of(self)}).to_html())

    @property
    def _title(self) -> str:
        return f"Run of {self.scenario.name}, seed {self.seed}, replication {self.replication}"

    def outcomes(self) -> Outcomes:
        """Return what became of the measured orders, sorted by order and parcel."""
        return outcomes_of(self)

    def causes(self) -> Causes:
        """Return where the time of the measured parcels went, row by row as `outcomes`."""
        return causes_of_measured(self)

    @cached_property
    def parcels(self) -> pd.DataFrame:
        """One row per measured parcel; see `parcel_table`."""
        return self.parcel_table()

    def parcel_table(self, *, measured: bool = True) -> pd.DataFrame:
        """Return one row per parcel: its order, clocks, route and end, in UTC and in local time.

        `measured`: only parcels ordered on a measured date; False adds those of warm-up and
        later days. The index is a parcel's number, as in `legs` and `hours_by_cause`.
        """
        return tables.parcel_table(self, measured)

    @cached_property
    def hours_by_cause(self) -> pd.DataFrame:
        """One row per parcel, measured or not: where its hours went, a column for each cause."""
        return tables.hours_by_cause(self)

    @cached_property
    def legs(self) -> pd.DataFrame:
        """One row per parcel and leg: ready, departed and arrived (UTC), sorted by both."""
        return tables.legs(self)

    @cached_property
    def departures(self) -> pd.DataFrame:
        """One row per departure or wave before the horizon: load, capacity, rolled volume."""
        return tables.departures(self)

    @cached_property
    def facilities(self) -> pd.DataFrame:
        """One row per facility and hour: arrivals, queue at its end, workers, utilization."""
        return facility_hours(self)

    def save(self, folder: str | Path) -> None:
        """Write the run as zstd Parquet files; `Run.load` reads it back equal.

        Raises FileExistsError when the folder exists.
        """
        Path(folder).mkdir(parents=True)
        with RunFiles(Path(folder)) as files:
            files.append(self.columns, self.visits)
            files.finish(self.about())

    def about(self) -> dict[str, Any]:
        """Return all but the parcels: as JSON has it, and four tables."""
        names = (
            "seed", "replication", "engine", "time_zones", "places", "facts", "trips", "staff",
            "sources", "gates",
        )  # fmt: skip
        return {
            "scenario": self.scenario.model_dump(mode="json"),
            **{name: getattr(self, name) for name in names},
        }

    @classmethod
    def load(cls, folder: str | Path) -> Run:
        """Read a run that `save` or `stream` wrote.

        Raises FileNotFoundError, or ValueError when another version of the format wrote it.
        """
        about, columns = read_files(Path(folder))
        names = ("seed", "replication", "engine", "places", "facts")
        return cls(
            scenario=Scenario.model_validate(about["scenario"]),
            time_zones=tuple(about["time_zones"]),
            **{name: about[name] for name in names},
            **columns,
        )
