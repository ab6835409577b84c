"""Every option once: its name, type, bounds and default, what it changes, where it can be given.

The command line, the keyword arguments of `compare` and `simulate` and the table of the
documentation are made from `OPTIONS`. An option with a `field` replaces that field of every
scenario, and needs nothing else. This module imports nothing slow: help must answer at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import Parameter, signature
from pathlib import Path
from textwrap import fill
from typing import Any, TypeVar

from logistics.option import Engine, Option, ParcelRule, flag_text
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import did_you_mean, whole_file

__all__ = [
    "COMPARE", "OPTIONS", "QUOTE", "SIMULATE", "Engine", "Option", "ParcelRule", "checked",
    "flag_of", "options_of", "overrides_of", "takes_options",
]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])

COMPARE, SIMULATE, QUOTE = "compare()", "simulate()", "quote()"
"""The Python functions, as places where an option can be given."""

_RUNS = ("compare", "run", COMPARE)
_QUOTES = ("quote", QUOTE)
_ALL_RUNS = (*_RUNS, SIMULATE)
_STUDIES = ("study run", "study resume")
_LISTS = ("scenarios list", "what-ifs list", "network list", "study figures")
_AS_SCENARIO = "as the scenario says"

_OUTPUT = Option(
    "output", Path, group="Output", places=("compare",), metavar="FOLDER", short="-o",
    unset="comparison, or the next free of comparison-2 and so on",
    help="Folder for the results.",
)  # fmt: skip

OPTIONS = [
    Option(
        "order", str, group="Which order", places=("trace",), metavar="ID",
        help="Id of the order: as in the table of parcels, or as in the file of orders.",
    ),
    Option(
        "product", str, group="Which order", places=("trace",), metavar="NAME",
        help="Product, or a part of its name: 'hairbrush'. With --market.",
    ),
    Option(
        "market", str, group="Which order", places=("trace",), metavar="PLACE",
        help="ZIP code, its first three digits, or a city: 98101, 981 or Seattle. With --product.",
    ),
    Option(
        "replications", int, group="How sure", places=(*_RUNS, *_QUOTES), low=1, high=100_000,
        unset=f"{_AS_SCENARIO}: 4", field="runs.replications",
        help="Number of runs: 20 means run 20 times, each time with other orders and other random"
        " draws.",
    ),
    Option(
        "seed", int, group="How sure", places=(*_ALL_RUNS, *_QUOTES, "trace"),
        low=0, high=2**63 - 1,
        unset=f"{_AS_SCENARIO}: 1", field="runs.seed",
        help="Random seed: the same seed gives the same orders and results.",
    ),
    Option(
        "days", int, group="How much", places=(*_ALL_RUNS, *_QUOTES), low=1, high=3660,
        unset=f"{_AS_SCENARIO}: 7", field="days.days", help="Days whose orders are measured.",
    ),
    Option(
        "days", int, group="How much", places=("trace",), low=1, high=3660, unset="up to the order",
        field="days.days",
        help="Days whose orders are searched. Without --order, only the first measured day: in a"
        " small sample, give more.",
    ),
    Option(
        "warm_up_days", int, group="How much", places=(*_ALL_RUNS, *_QUOTES, "trace"),
        low=0, high=365,
        unset=f"{_AS_SCENARIO}: 10", field="days.warm_up_days",
        help="Days before the measured ones: the network must not be empty when they begin.",
    ),
    Option(
        "later_order_days", int, group="How much", places=(*_ALL_RUNS, *_QUOTES), low=0, high=365,
        unset=f"{_AS_SCENARIO}: 16", field="days.later_order_days", older="cool_down_days",
        help="Days with orders after the measured ones: as on any other day, which share the"
        " network with the measured parcels.",
    ),
    Option(
        "follow", bool, group="How much", places=(*_ALL_RUNS, *_QUOTES), default=False,
        field="days.later_order_days", writes=0,
        help="No orders after the measured days: follow the measured parcels to the door. Not with"
        " --later-order-days.",
    ),
    Option(
        "follow_days", int, group="How much", places=(*_ALL_RUNS, *_QUOTES), low=0, high=365,
        unset="as many as --later-order-days, or 60 with --follow", field="days.follow_days",
        help="Days to follow the measured parcels, at most: a run ends before that when all of them"
        " have ended.",
    ),
    Option(
        "follow_days", int, group="How much", places=("trace",), low=0, high=365, unset="10",
        field="days.follow_days", help="Days that the order has to arrive.",
    ),
    Option(
        "orders_per_day", int, group="How much",
        places=(*_ALL_RUNS, *_QUOTES, "trace", "network show"),
        low=1, high=200_000_000, unset=f"{_AS_SCENARIO}: 60,000", field="orders.orders_per_day",
        guide="choosing-a-sample",
        help="Orders simulated on an average day: a sample of the real volume; trucks, couriers and"
        " workers are scaled alike.",
    ),
    Option(
        "orders", Path, group="Orders", places=(*_RUNS, "trace"), metavar="FILE", unset="generated",
        guide="your-own-orders",
        help="CSV, Excel or Parquet file of orders: order_id, ordered_at, market, product and,"
        " optionally, parcel_id; or any export, with --map. Every replication then has the same"
        " orders, with other random draws.",
    ),
    Option(
        "history", Path, group="Orders", places=(*_RUNS, "trace"), metavar="FILE", unset="none",
        help="As --orders, for past orders: days and orders per day are those of the file, whose"
        " first days are the warm-up.",
    ),
    Option(
        "map", str, group="Orders", places=(*_RUNS, "trace"), metavar="MAP",
        unset="as in the guide", guide="your-own-orders",
        help="How the file's columns are read: of --orders or --history. A YAML file that"
        " 'logistics orders read' has written, or the name of a format, such as shopify.",
    ),
    Option(
        "map", str, group="Orders", places=("orders read",), metavar="MAP", unset="guessed",
        guide="your-own-orders",
        help="Read with this map: a YAML file, or the name of a format, such as shopify.",
    ),
    Option(
        "parcels", ParcelRule, group="Orders", places=("orders read",), metavar="UNIT",
        unset="as the map says", guide="your-own-orders",
        help="An order, line, package (by its id) or row is one parcel.",
    ),
    Option(
        "scenario", str, group="Orders", places=("orders read",), metavar="SCENARIO",
        unset="a built-in one",
        help="Scenario with the classes of articles: its products. A name or a YAML file.",
    ),
    Option(
        "strict", bool, group="Orders", places=(*_RUNS, "trace", "orders read"), default=False,
        guide="your-own-orders",
        help="Refuse a file of orders with rows to leave out: canceled, or outside the lower 48"
        " states.",
    ),
    Option(
        "demand_index", Path, group="Orders", places=(*_RUNS, *_QUOTES), metavar="FILE",
        unset="by weekday only",
        field="orders.dates",
        help="Orders by date: a CSV, Excel or Parquet file with the columns date and index, orders"
        " relative to an average day (1.8 is 80% more).",
    ),
    Option(
        "dates", DateOrder, group="Orders", places=(*_RUNS, "trace", "orders read"),
        unset="by the file", metavar="ORDER", guide="your-own-orders",
        help="05/09/2023 is month-first or day-first: in all files of orders and dates.",
    ),
    Option(
        "markets", str, group="Orders", places=(*_ALL_RUNS, *_QUOTES, "trace"), metavar="LIST",
        unset="everywhere", field="orders.markets",
        help="Where orders come from, such as '900, TX': ZIP codes, their first three digits,"
        " states or cities, as in '606, Texas, Seattle'.",
    ),
    Option(
        "what_if", str, group="What if", places=(*_RUNS, *_QUOTES, "trace"), metavar="NAMES",
        unset="nothing", guide="what-if",
        help="What is different, such as hub-closed: a name from `logistics what-ifs list`, a YAML"
        " file, or several joined by + or a comma.",
    ),
    Option(
        "base", bool, group="What if", places=_RUNS, default=True, has_no=True, guide="what-if",
        help="Run each network without it, too: with --what-if, to report the effect. Takes twice"
        " as long.",
    ),
    _OUTPUT,
    replace(_OUTPUT, places=("run",), unset="run, or the next free of run-2 and so on"),
    replace(_OUTPUT, places=("study run",), default=Path("study"), unset=""),
    replace(_OUTPUT, places=("quote",), unset="quotes, or the next free of quotes-2 and so on"),
    Option(
        "share", float, group="Which date", places=_QUOTES, default=0.95, metavar="SHARE",
        guide="quote-dates",
        help="Share of the quoted dates that are kept: 0.95 is 95 in 100. From 0.5 to 0.999.",
    ),
    Option(
        "cutoffs", str, group="Which date", places=_QUOTES, default="12:00, 16:00",
        metavar="TIMES", guide="quote-dates",
        help="Times that split the day of the order, by the customer's clock. An order at exactly"
        " such a time is later.",
    ),
    Option(
        "by", str, group="Which date", places=("quote",), metavar="DATE", unset="no such list",
        guide="quote-dates",
        help="List the last order date for delivery by DATE, such as 2023-12-23, for every market:"
        " the measured days must hold it.",
    ),
    Option(
        "full", bool, group="Output", places=("compare", "run"), default=False,
        help="Print every metric, too: with its definition, and not only the answer.",
    ),
    Option(
        "workers", int, group="Machine", places=(*_RUNS, *_QUOTES, "trace", *_STUDIES), low=1,
        high=1024,
        unset="one per core",
        help="Processes side by side: each run needs about a gigabyte for two million parcels."
        " Changes nothing but the time it takes.",
    ),
    Option(
        "cluster", str, group="Machine", places=_STUDIES, metavar="ADDRESS", unset="this machine",
        guide="clusters",
        help="Address of a Dask scheduler, such as tcp://host:8786, whose workers run the study.",
    ),
    Option(
        "overwrite", bool, group="Output", places=("compare", "run", "quote"), default=False,
        help="Replace an older results folder: once the new one is complete.",
    ),
    Option(
        "keep_parcels", bool, group="Output", places=("compare", "run"), default=True, has_no=True,
        help="Keep the first run's tables as Parquet: parcels, legs, departures and facilities.",
    ),
    Option(
        "json", bool, group="Output", places=(*_STUDIES, "study status"), default=False,
        help="Print progress as JSON: one object a line, for programs.",
    ),
    Option(
        "json", bool, group="Output", places=("compare", "run"), default=False,
        help="Print summary.json and nothing else: one object, for programs.",
    ),
    Option(
        "json", bool, group="Output", places=("quote",), default=False,
        help="Print the quotes as JSON and nothing else: one object, for programs.",
    ),
    Option(
        "json", bool, group="Output", places=_LISTS, default=False,
        help="Print the list as JSON: all that is known of each.",
    ),
    Option(
        "quiet", bool, group="Output", places=("compare", "run", "quote"), default=False,
        short="-q",
        help="Print only where the results are.",
    ),
    Option(
        "report", bool, group="Output", places=("compare", "run", *_STUDIES), default=True,
        has_no=True, guide="the-report",
        help="Write page, pictures and workbook: report.html, pictures/ and summary.xlsx.",
    ),
    Option(
        "check_bottlenecks", int, group="How sure", places=_RUNS, metavar="N", default=0, low=0,
        high=20,
        help="Run again, each of the N worst bottlenecks relieved: by one more worker or vehicle,"
        " in each network. What would it save? Takes as long again for each.",
    ),
    Option(
        "assumptions", int, group="How sure", places=_RUNS, metavar="N", default=0, low=0,
        high=10_000, guide="reading-the-results",
        help="Run N times more, with other assumptions: every assumed value is drawn from its"
        " stated range. How far do the answers move, and which assumptions move them? 19"
        " or more; 40 is usual. Of the built-in scenarios that is known without; 0 for none.",
    ),
    Option(
        "assumptions_seconds", int, group="How sure", places=_RUNS, metavar="N", default=0,
        low=0, high=1_000_000,
        guide="reading-the-results",
        help="As --assumptions, for N seconds: as many draws as that allows, 20 at least.",
    ),
    Option(
        "csv", bool, group="Output", places=("run",), default=False,
        help="Write the tables of the first run as CSV, too.",
    ),
    Option(
        "engine", Engine, group="Machine", places=("run",), default=Engine.BATCH, metavar="NAME",
        help="batch, or textbook: the same results in plain steps, far more slowly.",
    ),
    Option(
        "save_run", bool, group="Output", places=("run",), default=False,
        help="Keep the first run itself, for logistics.Run.load.",
    ),
]  # fmt: skip
"""Every option, in the order in which help lists them."""


def options_of(place: str) -> list[Option]:
    """Return the options of a command or Python function, in order."""
    return [one for one in OPTIONS if place in one.places]


def flag_of(field: str) -> str:
    """Return the flag that replaces a scenario field; empty where none does."""
    return next((one.flag for one in OPTIONS if one.field == field), "")


def checked(place: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every option of a Python function: as given, or the default.

    Raises TypeError for a name that is no option of it; InputError for an empty text or list.
    """
    options = options_of(place)
    known = {one.name: one.default for one in options}
    newer = {one.older: one.name for one in options if one.older}
    for older in newer.keys() & given.keys():
        if newer[older] in given:
            raise TypeError(f"{older} is the older name of {newer[older]}: give one of them")
    given = {newer.get(name, name): value for name, value in given.items()}
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known) or f"; it has {', '.join(known)}"
            raise TypeError(f"{place} has no argument '{name}'{hint}")
        if isinstance(given[name], str | list) and not given[name]:
            raise whole_file("options", f"{flag_text(name)} is empty", "leave it out, or say what")
    return {**known, **given}


def overrides_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scenario fields that option values replace, by path; None keeps a field.

    A list of markets may be written as text, separated by commas.

    Raises KeyError for a name that is no option, or replaces no field; InputError for two that
    replace the same field.
    """
    options = {one.name: one for one in OPTIONS if one.field}
    found: dict[str, Any] = {}
    flags: dict[str, str] = {}
    for one, value in ((options[name], value) for name, value in given.items()):
        if value is None or (one.writes is not None and not value):
            continue
        if other := flags.get(one.field):
            raise whole_file("options", f"{other} and {one.flag} cannot be combined: give one")
        flags[one.field] = one.flag
        found[one.field] = value if one.writes is None else one.writes
    if isinstance(markets := found.get("orders.markets"), str):
        from networks.places import split_places  # noqa: PLC0415  (slow to import)

        found["orders.markets"] = split_places(markets)
    return found


def takes_options(place: str) -> Callable[[F], F]:
    """Give a Python function the options of a place: in its signature and in its docstring.

    The function must have `**options` and a docstring with a line `{options}`.
    """

    def decorate(function: F) -> F:
        own = signature(function)
        fixed = [one for one in own.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        named, lines = [], []
        for one in options_of(place):
            if one.name not in own.parameters:
                how: Any = {"default": one.default, "annotation": one.annotation}
                named.append(Parameter(one.name, Parameter.KEYWORD_ONLY, **how))
            text = f"`{one.name}`: {one.help}" + (f" Default: {one.unset}." if one.unset else "")
            lines.append(fill(text, 100, initial_indent="    ", subsequent_indent="        "))
        made = own.replace(parameters=[*fixed, *named])
        function.__signature__ = made  # type: ignore[attr-defined]
        described = (function.__doc__ or "").replace("    {options}", "\n".join(lines))
        function.__doc__ = described
        return function

    return decorate
