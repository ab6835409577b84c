"""Which delivery date may be quoted: runs a scenario, counts dates, and writes them as files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from logistics.experiments.compare import processes_for
from logistics.experiments.plan import Plan, planned
from logistics.experiments.quotes import Quotes, run_quotes
from logistics.experiments.workers.pool import worker_pool
from logistics.experiments.workers.progress import WRITING, Progress, Report, silent
from logistics.options import QUOTE, checked, takes_options
from logistics.report.quotes import write_quotes
from logistics.runtime.output_folders import output_folder
from logistics.scenario.scenario import Scenario
from networks.inputs.faults import whole_file

LEAST_SHARE, MOST_SHARE = 0.5, 0.999

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_MOST_CUTOFFS = 12


@dataclass(frozen=True)
class QuoteRequest:
    """The quotes of a scenario, and a folder for them.

    `options`: by name, those of the command `quote` (see `logistics.options`).
    """

    folder: Path
    scenario: str | Path | Scenario
    options: Mapping[str, Any] = field(default_factory=dict)


@takes_options(QUOTE)
def quote(
    scenario: str | Path | Scenario, *, progress: Report | None = None, **options: Any
) -> Quotes:
    """Return which delivery dates may be quoted to whom, so that a share of them is kept.

    `scenario`: a name, a file or a scenario. `progress`: called with how far it is. The result has
    a `table()` with a row for each market, weekday and time of day. Nothing is written.

    {options}

    Raises InputError for a scenario that cannot be run, or a share outside 0.5 to 0.999.
    """
    given = checked(QUOTE, options)
    return _quotes(_plan(scenario, given), given, None, progress or silent)


def run(request: QuoteRequest, report: Report = silent) -> Quotes:
    """Run a scenario, and write its quotes into a folder.

    Raises InputError for what cannot be run, OutputError for a folder that cannot be written.
    """
    options = dict(request.options)
    by, overwrite = _date(options.pop("by", None)), options.pop("overwrite", False)
    options.pop("output", None)
    given = checked(QUOTE, options)
    what = _plan(request.scenario, given)
    _check_date(what, by)
    with output_folder(request.folder, overwrite) as folder:
        found = _quotes(what, given, by, report)
        report(Progress(WRITING, 0, 1))
        write_quotes(found, folder)
    return found


def _quotes(what: Plan, given: Mapping[str, Any], by: date | None, report: Report) -> Quotes:
    share, cutoffs = _share(given["share"]), _cutoffs(given["cutoffs"])
    processes = processes_for(what, given["workers"], what.replications)
    with worker_pool(processes) as pool:
        return run_quotes(what, share, cutoffs, by, pool, report)


def _plan(scenario: str | Path | Scenario, given: Mapping[str, Any]) -> Plan:
    return planned([scenario], {**given, "base": False})


def _share(share: float) -> float:
    if not LEAST_SHARE <= share <= MOST_SHARE:
        allowed = f"{LEAST_SHARE} to {MOST_SHARE}"
        problem = f"--share {share:g} is no share of dates to keep"
        raise whole_file("options", problem, allowed)
    return share


def _cutoffs(given: str | Sequence[str]) -> tuple[int, ...]:
    """Return times of day in minutes, in order."""
    texts = [part.strip() for part in given.split(",")] if isinstance(given, str) else list(given)
    matches = [_CLOCK.fullmatch(text) for text in texts]
    wrong = [text for text, match in zip(texts, matches, strict=True) if match is None]
    minutes = [int(one[1]) * 60 + int(one[2]) for one in matches if one]
    problem = ""
    if wrong:
        problem = f"--cutoffs: '{wrong[0]}' is no time of day"
    elif len(set(minutes)) < len(minutes) or 0 in minutes:
        problem = f"--cutoffs {', '.join(texts)}: a time that parts nothing"
    elif len(minutes) > _MOST_CUTOFFS:
        problem = f"--cutoffs: {len(minutes)} times"
    if problem:
        allowed = f"up to {_MOST_CUTOFFS} times between 00:01 and 23:59, such as '12:00, 16:00'"
        raise whole_file("options", problem, allowed)
    return tuple(sorted(minutes))


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise whole_file("options", f"--by {text} is no date", "such as 2023-12-23") from None


def _check_date(what: Plan, by: date | None) -> None:
    days = what.scenarios[0].days
    if by is None:
        return
    last = days.first_day.toordinal() + days.days - 1
    if not days.first_day.toordinal() < by.toordinal() <= last + 1:
        problem = f"--by {by}: the measured days are {days.first_day} to {date.fromordinal(last)}"
        allowed = "a date among them, or the one after: set days.first_day, or --days"
        raise whole_file("options", problem, allowed)
