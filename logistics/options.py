"""Every option once: its name, type, bounds and default, what it changes, where it can be given.

The command line, the keyword arguments of `compare` and `simulate` and the table of the
documentation are made from `OPTIONS`. An option with a `field` replaces that field of every
scenario, and needs nothing else. This module imports nothing slow: help must answer at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from inspect import Parameter, signature
from pathlib import Path
from textwrap import fill
from typing import Any, TypeVar

from networks.inputs.date_order import DateOrder
from networks.inputs.faults import did_you_mean, whole_file

F = TypeVar("F", bound=Callable[..., Any])

COMPARE, SIMULATE = "compare()", "simulate()"
"""The Python functions, as places where an option can be given."""

_RUNS = ("compare", "run", COMPARE)
_ALL_RUNS = (*_RUNS, SIMULATE)
_STUDIES = ("study run", "study resume")
_AS_SCENARIO = "as the scenario says"


class Engine(StrEnum):
    """The two engines."""

    BATCH = "batch"
    TEXTBOOK = "textbook"


class ParcelRule(StrEnum):
    """What of a file of orders travels in one parcel."""

    ORDER = "order"
    LINE = "line"
    PACKAGE = "package"
    ROW = "row"


@dataclass(frozen=True)
class Option:
    """One option.

    `name`: the keyword in Python; the flag is made of it. `places`: the commands, and the Python
    functions such as `compare()`, that have it. `low`, `high`: bounds, both allowed. `unset`: what
    holds where it is not given, in words, for an option whose default is None or empty.
    `field`: path of the scenario field it replaces; `writes`: what a switch that is on puts there.
    `older`: the name that scripts written before have for it. `guide`: the page that says more.
    """

    name: str
    type: type
    help: str
    places: tuple[str, ...]
    default: Any = None
    unset: str = ""
    low: int | None = None
    high: int | None = None
    metavar: str = ""
    short: str = ""
    has_no: bool = False
    field: str = ""
    writes: Any = None
    older: str = ""
    guide: str = ""

    @property
    def flag(self) -> str:
        """The flag on the command line."""
        return _flag(self.name)

    @property
    def older_flag(self) -> str:
        """The flag that scripts written before have for it, empty where there is none."""
        return _flag(self.older) if self.older else ""

    @property
    def off_flag(self) -> str:
        """The flag that turns a switch off, empty where there is none."""
        return f"--no{self.flag[1:]}" if self.has_no else ""

    @property
    def annotation(self) -> Any:
        """The type of its values, None among them where that is the default."""
        return self.type | None if self.default is None else self.type


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


_OUTPUT = Option(
    "output", Path, places=("compare",), metavar="FOLDER", short="-o",
    unset="comparison, or where that exists comparison-2 and so on", help="Folder for the results.",
)  # fmt: skip

OPTIONS = [
    Option(
        "order", str, places=("trace",), metavar="ID",
        help="Id of the order, as in the table of parcels, or as in the file of orders.",
    ),
    Option(
        "product", str, places=("trace",), metavar="NAME",
        help="Product of the order, with --market.",
    ),
    Option(
        "market", str, places=("trace",), metavar="ZIP",
        help="ZIP code or its first three digits, with --product.",
    ),
    Option(
        "replications", int, places=_RUNS, low=1, high=100_000, unset=f"{_AS_SCENARIO}: 4",
        field="runs.replications",
        help="Number of replications: 20 means run 20 times, each time with other orders and other"
        " random draws.",
    ),
    Option(
        "seed", int, places=(*_ALL_RUNS, "trace"), low=0, high=2**63 - 1,
        unset=f"{_AS_SCENARIO}: 1", field="runs.seed",
        help="Random seed: the same seed gives the same orders and results.",
    ),
    Option(
        "days", int, places=_ALL_RUNS, low=1, high=3660, unset=f"{_AS_SCENARIO}: 7",
        field="days.days", help="Days whose orders are measured.",
    ),
    Option(
        "days", int, places=("trace",), low=1, high=3660, unset="up to the order",
        field="days.days",
        help="Days whose orders are searched. Without --order, only the first measured day: in a"
        " small sample, give more.",
    ),
    Option(
        "warm_up_days", int, places=(*_ALL_RUNS, "trace"), low=0, high=365,
        unset=f"{_AS_SCENARIO}: 10", field="days.warm_up_days",
        help="Days before the measured ones, so that the network is not empty when they begin.",
    ),
    Option(
        "later_order_days", int, places=_ALL_RUNS, low=0, high=365, unset=f"{_AS_SCENARIO}: 16",
        field="days.later_order_days", older="cool_down_days",
        help="Days after the measured ones with orders as on any other day, which share the network"
        " with the measured parcels.",
    ),
    Option(
        "follow", bool, places=_ALL_RUNS, default=False, field="days.later_order_days", writes=0,
        help="No orders after the measured days: follow the measured parcels to the door. Not with"
        " --later-order-days.",
    ),
    Option(
        "follow_days", int, places=_ALL_RUNS, low=0, high=365,
        unset="as many as --later-order-days, or 60 with --follow", field="days.follow_days",
        help="Days after the measured ones in which their parcels are followed, at most. A run ends"
        " before that when all of them have ended.",
    ),
    Option(
        "follow_days", int, places=("trace",), low=0, high=365, unset="10",
        field="days.follow_days", help="Days that the order has to arrive.",
    ),
    Option(
        "orders_per_day", int, places=(*_ALL_RUNS, "trace", "network show"), low=1,
        high=200_000_000, unset=f"{_AS_SCENARIO}: 60,000", field="orders.orders_per_day",
        guide="choosing-a-sample",
        help="Orders simulated on an average day: a sample of the real volume; trucks, couriers and"
        " workers are scaled alike.",
    ),
    Option(
        "orders", Path, places=(*_RUNS, "trace"), metavar="FILE", unset="generated",
        guide="your-own-orders",
        help="CSV, Excel or Parquet file of the orders: order_id, ordered_at, market, product and,"
        " optionally, parcel_id; or any export, with --map. Every replication then has the same"
        " orders, with other random draws.",
    ),
    Option(
        "history", Path, places=(*_RUNS, "trace"), metavar="FILE", unset="none",
        help="As --orders, for past orders: days and orders per day are those of the file, whose"
        " first days are the warm-up.",
    ),
    Option(
        "map", str, places=(*_RUNS, "trace"), metavar="MAP", unset="columns as in the guide",
        guide="your-own-orders",
        help="How the columns of --orders or --history are read: a YAML file that 'logistics orders"
        " read' has written, or the name of a format, such as shopify.",
    ),
    Option(
        "map", str, places=("orders read",), metavar="MAP", unset="guessed",
        guide="your-own-orders",
        help="Read with this map: a YAML file, or the name of a format, such as shopify.",
    ),
    Option(
        "parcels", ParcelRule, places=("orders read",), unset="as the map says",
        guide="your-own-orders",
        help="What travels in one parcel: an order, a line item, a package (by its id), or a row.",
    ),
    Option(
        "scenario", str, places=("orders read",), metavar="SCENARIO", unset="a built-in one",
        help="Scenario whose products are the classes of articles: a name or a YAML file.",
    ),
    Option(
        "strict", bool, places=(*_RUNS, "trace", "orders read"), default=False,
        guide="your-own-orders",
        help="Refuse a file of orders with rows that would be left out and counted: canceled, or"
        " outside the lower 48 states.",
    ),
    Option(
        "demand_index", Path, places=_RUNS, metavar="FILE", unset="by weekday only",
        field="orders.dates",
        help="CSV, Excel or Parquet file with the columns date and index: orders of a date,"
        " relative to an average day (1.8 is 80% more).",
    ),
    Option(
        "dates", DateOrder, places=(*_RUNS, "trace", "orders read"), guide="your-own-orders",
        unset="decided by the file's dates",
        help="How --orders, --history and --demand-index write dates such as 05/09/2023:"
        " month-first or day-first.",
    ),
    Option(
        "markets", str, places=(*_ALL_RUNS, "trace"), metavar="LIST",
        unset="everywhere", field="orders.markets",
        help="Where the orders come from: ZIP codes, their first three digits, or states, such as"
        " '900, 606, TX'.",
    ),
    Option(
        "what_if", str, places=(*_RUNS, "trace"), metavar="NAMES", unset="nothing",
        guide="what-if",
        help="What is different, such as 'peak-season + hub-closed': names from `logistics what-ifs"
        " list`, or YAML files.",
    ),
    _OUTPUT,
    replace(_OUTPUT, places=("run",), unset="run, or where that exists run-2 and so on"),
    replace(_OUTPUT, places=("study run",), default=Path("study"), unset=""),
    Option(
        "full", bool, places=("compare", "run"), default=False,
        help="Print every metric with its definition, too, and not only the answer.",
    ),
    Option(
        "workers", int, places=(*_RUNS, "trace", *_STUDIES), low=1, high=1024, unset="one per core",
        help="Processes that work side by side; each run needs about a gigabyte for two million"
        " parcels. Changes nothing but the time it takes.",
    ),
    Option(
        "cluster", str, places=_STUDIES, metavar="ADDRESS", unset="this machine",
        guide="clusters",
        help="Address of a Dask scheduler, such as tcp://host:8786, whose workers run the study.",
    ),
    Option(
        "overwrite", bool, places=("compare", "run"), default=False,
        help="Replace an older results folder, once the new one is complete.",
    ),
    Option(
        "keep_parcels", bool, places=("compare", "run"), default=True, has_no=True,
        help="Keep the first run's parcels, legs, departures and facilities as Parquet tables.",
    ),
    Option(
        "json", bool, places=(*_STUDIES, "study status"), default=False,
        help="Print progress as JSON, one object a line, for programs.",
    ),
    Option(
        "report", bool, places=("compare", "run", *_STUDIES), default=True, has_no=True,
        guide="the-report",
        help="Write the page for people (report.html), all its pictures, and summary.xlsx.",
    ),
    Option(
        "check_bottlenecks", int, places=_RUNS, metavar="N", default=0, low=0, high=20,
        help="Run again with one more worker or vehicle at each of the N worst bottlenecks of each"
        " network: what would it save? Takes as long again for each.",
    ),
    Option(
        "assumptions", int, places=_RUNS, metavar="N", default=0, low=0, high=10_000,
        guide="reading-the-results",
        help="Run N times more, each with every assumed value drawn from its stated range: how far"
        " do the answers move, and which assumptions move them? 19 or more; 40 is usual. Of the"
        " built-in scenarios that is known without; 0 for none.",
    ),
    Option(
        "assumptions_seconds", int, places=_RUNS, metavar="N", default=0, low=0, high=1_000_000,
        guide="reading-the-results",
        help="As --assumptions, with as many draws as N seconds allow, 20 at least.",
    ),
    Option(
        "csv", bool, places=("run",), default=False,
        help="Write the tables of the first run as CSV, too.",
    ),
    Option(
        "engine", Engine, places=("run",), default=Engine.BATCH,
        help="'textbook' gives the same results in plain steps, far more slowly.",
    ),
    Option(
        "save_run", bool, places=("run",), default=False,
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
            raise whole_file("options", f"{_flag(name)} is empty", "leave it out, or say what")
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
