"""The vocabulary of network files: every sheet and column, with its unit, values and meaning.

Reading, writing, templates, the reference page and the limits of validation follow from this
table. A sheet is a sheet of a workbook or a CSV file of a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, get_args

from networks.inputs import cells
from networks.inputs.local_times import Holidays
from networks.origins import Sellers, Stock
from networks.schema import (
    FACILITY_KINDS,
    PACKAGING_GRADES,
    PICKUP,
    WORK_LAWS,
    Calendar,
    Door,
    Facility,
    Lane,
    Network,
)


@dataclass(frozen=True)
class Kind:
    """What the cells of a column are. `reads` raises ValueError saying what is wrong."""

    reads: Callable[[Any], Any]
    takes: str
    is_number: bool = False


def _as_it_is(value: object) -> object:
    return value


KINDS: Mapping[str, Kind] = {
    "id": Kind(cells.id_of, "a letter, then letters, digits, '_', '.' or '-'"),
    "name": Kind(cells.name_of, "a letter, then letters, digits, blanks, '_', '.' or '-'"),
    "text": Kind(cells.free_text, "text"),
    "number": Kind(cells.number_of, "number", is_number=True),
    "whole": Kind(cells.whole_of, "whole number", is_number=True),
    "share": Kind(cells.share_of, "share", is_number=True),
    "yes/no": Kind(cells.yes_no, "yes or no"),
    "time": Kind(cells.time_of, "local time, 00:00 to 24:00"),
    "departure": Kind(cells.departure_of, "local time, 00:00 to 23:59"),
    "times": Kind(cells.times_of, "one or more local times, with blanks between"),
    "hour": Kind(cells.hour_of, "local time, whole hours"),
    "weekdays": Kind(cells.weekdays_of, "weekdays such as Mon-Fri, Mon Wed Fri, daily"),
    "market": Kind(cells.market_of, "market, Z and three digits"),
    "choice": Kind(cells.text_of, ""),
    "any": Kind(_as_it_is, "what the setting takes"),
}


@dataclass(frozen=True)
class Column:
    """One column.

    `attribute`: what it is called in `networks.schema`, if it has another name there. `refers`:
    the sheet whose first column lists the values. `low`, `high`: bounds; a number at or below
    `above` is too small. `default`: of an empty cell that is not `needed`.
    """

    name: str
    kind: str
    example: str
    comment: str
    needed: bool = True
    attribute: str = ""
    choices: tuple[str, ...] = ()
    refers: str = ""
    low: float | None = None
    high: float | None = None
    above: float | None = None
    default: Any = None

    @property
    def field(self) -> str:
        """The attribute's name."""
        return self.attribute or self.name

    @property
    def takes(self) -> str:
        """What a cell may hold, in words."""
        words = ", ".join(self.choices) or KINDS[self.kind].takes
        if self.refers:
            words = f"{words}, listed in sheet {self.refers}"
        limits = [
            f"above {self.above:g}" if self.above is not None else "",
            f"at least {self.low:g}" if self.low is not None else "",
            f"at most {self.high:,.10g}" if self.high is not None else "",
        ]
        return ", ".join([words, *filter(None, limits)])

    def read(self, value: object) -> Any:
        """Return what a cell means.

        Raises ValueError, to be read after the value, for a cell that cannot be used.
        """
        if self.choices:
            known = {choice.lower(): choice for choice in self.choices}
            choice = known.get(cells.text_of(value).lower())
            if choice is None:
                raise ValueError("is not one of the words known here")
            return choice
        found = KINDS[self.kind].reads(value)
        if KINDS[self.kind].is_number:
            self._bounded(found)
        return found

    def _bounded(self, number: float) -> None:
        if (self.low is not None and number < self.low) or (
            self.above is not None and number <= self.above
        ):
            raise ValueError("is too small")
        if self.high is not None and number > self.high:
            raise ValueError("is too large")


@dataclass(frozen=True)
class Sheet:
    """One sheet. `key`: the columns that name a row, which must not come twice."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    needed: bool = True

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)


def _of(model: type, *columns: Column) -> tuple[Column, ...]:
    """Return columns with the defaults of a class of the schema."""
    defaults = {f.name: f.default for f in fields(model) if f.default is not MISSING}
    return tuple(
        column
        if column.needed or column.default is not None
        else Column(**{**vars(column), "default": defaults[column.field]})
        for column in columns
    )


_HOLIDAYS = get_args(Holidays)
_MOST = 10**9

SETTINGS = (
    *_of(
        Network,
        Column("name", "name", "my-network", "What the network is called in tables and files."),
        Column("scenario", "id", "amazon-fulfillment", "The built-in scenario whose orders,"
               " promise, risks and days go with the network.", needed=False, default=""),
        Column("packaging", "choice", "good", "How well parcels from stock are packed.",
               needed=False, choices=PACKAGING_GRADES),
        Column("all_sellers", "whole", "0", "How many sellers there are where the sheet holds"
               " only a sample; 0: those of the sheet.", needed=False, low=0, high=_MOST),
    ),
    *_of(
        Stock,
        Column("region_first", "yes/no", "yes", "Whether centers of the market's own region are"
               " asked before nearer ones elsewhere.", needed=False),
        *(
            Column(f"breadth_{speed}", "share", example, "Share of the centers that hold a"
                   f" {speed} mover.", needed=False, default=1.0, above=0, high=1)
            for speed, example in (("fast", "0.6"), ("medium", "0.25"), ("slow", "0.04"))
        ),
        *(
            Column(f"order_share_{speed}", "share", example, f"Share of the orders of {speed}"
                   " movers that ship from stock where there are sellers, too; sellers ship the"
                   " rest.", needed=False, default=1.0, low=0, high=1)
            for speed, example in (("fast", "0.8"), ("medium", "0.5"), ("slow", "0"))
        ),
    ),
    *_of(
        Sellers,
        Column("handling_log_sd", "number", "0.93", "Standard deviation of the logarithm of one"
               " seller's handling times.", needed=False, default=0.0, low=0, high=3),
        Column("burst_share", "share", "0.0002", "Chance that a seller's product goes viral on a"
               " date.", needed=False, default=0.0, low=0, high=1),
        Column("burst_orders", "whole", "60", "Orders a day that brings.", needed=False,
               default=0, low=0, high=1_000_000),
        Column("burst_days", "whole", "3", "How many days that lasts.", needed=False, default=1,
               low=1, high=30),
        Column("seller_holidays", "choice", "federal", "Holidays on which sellers do not pack.",
               needed=False, attribute="holidays", choices=_HOLIDAYS),
    ),
    Column("note", "text", "hubs as of May", "Anything a reader should know; may come several"
           " times.", needed=False, default=""),
)  # fmt: skip
"""The rows of sheet settings, by name."""

_OWNER = Column("owner", "name", "carrier", "Whose design volume it is built for.", refers="owners")


def _place(name: str, example: str, comment: str, attribute: str = "") -> Column:
    return Column(name, "id", example, comment, attribute=attribute, refers="facilities")


SHEETS = (
    Sheet("settings", "What holds for the whole network: one row a setting.", (
        Column("name", "choice", "name", "Which setting.",
               choices=tuple(setting.name for setting in SETTINGS)),
        Column("value", "any", "my-network", "Its value.", needed=False, default=""),
    )),
    Sheet("owners", "Who owns facilities and lanes, and the volume they are built for.", (
        Column("owner", "name", "carrier", "What the owner is called."),
        Column("design_parcels_per_day", "number", "15000000", "Everyone's parcels on a mean day"
               " that the owner's facilities and lanes are built for; a run of fewer orders"
               " scales them down alike.", attribute="volume", above=0, high=1e12),
    ), key=("owner",)),
    Sheet("calendars", "The days on which something happens.", (
        Column("calendar", "name", "delivery", "What the calendar is called."),
        *_of(
            Calendar,
            Column("weekdays", "weekdays", "Mon-Sat", "The days of the week."),
            Column("holidays", "choice", "ups", "The list of days off.", needed=False,
                   choices=_HOLIDAYS),
        ),
    ), key=("calendar",)),
    Sheet("facilities", "Places where parcels are worked.", (
        Column("facility", "id", "WH01", "The id of the facility."),
        *_of(
            Facility,
            Column("kind", "choice", "warehouse", "What it is.", choices=FACILITY_KINDS),
            _OWNER,
            Column("market", "market", "Z900", "The market it lies in."),
            Column("latitude", "number", "34.05", "Degrees north; empty: the market's center.",
                   needed=False, default="", low=-90, high=90),
            Column("longitude", "number", "-118.24", "Degrees east (west is negative); empty: the"
                   " market's center.", needed=False, default="", low=-180, high=180),
            Column("time_zone", "text", "America/Los_Angeles", "IANA name; empty: the market's.",
                   needed=False, default=""),
            Column("region", "text", "west", "Region, for tables only.", needed=False),
            Column("shift_calendar", "name", "every day", "Days on which its shifts begin.",
                   needed=False, refers="calendars"),
            Column("work_law", "choice", "constant", "How work times vary.", needed=False,
                   choices=WORK_LAWS),
            Column("work_seconds", "number", "12", "Mean work on a parcel by one worker.",
                   needed=False, low=0, high=864_000),
            Column("work_cv", "number", "0.5", "Coefficient of variation of the work (lognormal"
                   " only).", needed=False, low=0, high=10),
            Column("dwell_minutes", "number", "30", "From worked to ready: belts, staging.",
                   needed=False, low=0, high=14_400),
            Column("gate_calendar", "name", "warehouse", "Days on which orders are released;"
                   " empty: at once.", needed=False, refers="calendars"),
            Column("gate_opens", "time", "06:00", "When a day's orders are released.",
                   needed=False),
            Column("gate_cutoff", "time", "16:00", "Orders placed from then on wait for the next"
                   " day of the gate.", needed=False),
            Column("gate_daily_capacity", "whole", "0", "Orders released a day, the rest later;"
                   " 0: no limit.", needed=False, low=0, high=_MOST),
            Column("conveyor_touches", "whole", "1", "Touches of a parcel by conveyors.",
                   needed=False, low=0, high=50),
            Column("hub_sorter_touches", "whole", "0", "Touches by a carrier hub's sorter.",
                   needed=False, low=0, high=50),
            Column("manual_touches", "whole", "2", "Touches by hand.", needed=False, low=0,
                   high=50),
        ),
    ), key=("facility",)),
    Sheet("shifts", "Who works when; a facility without a shift keeps nobody waiting.", (
        _place("facility", "WH01", "Where."),
        Column("starts", "departure", "08:00", "Local time.", attribute="shifts"),
        Column("ends", "time", "16:00", "Local time; up to `starts` is on the next day.",
               attribute="shifts"),
        Column("workers", "whole", "12", "How many; overlapping shifts add up.",
               attribute="shifts", low=1, high=10_000_000),
    ), key=("facility", "starts", "ends"), needed=False),
    Sheet("lanes", "Ways between facilities; from 'sellers': pickups.", (
        _place("origin", "WH01", "Where it starts: a facility, or sellers."),
        _place("destination", "HUB01", "Where it ends."),
        Column("mode", "id", "linehaul", f"What it is, such as linehaul, air; from sellers:"
               f" {PICKUP}."),
        *_of(
            Lane,
            _OWNER,
            Column("calendar", "name", "linehaul", "Days on which it departs.",
                   refers="calendars"),
            Column("capacity_parcels", "whole", "1500", "Parcels in one vehicle; 0: no limit.",
                   attribute="capacity", low=0, high=_MOST),
            Column("distance_km", "number", "620", "By road.", low=0, high=20_000),
            Column("transit_hours", "number", "8.5", "From departure to arrival, on average.",
                   low=1e-4, high=1000),
            Column("transit_cv", "number", "0.1", "Coefficient of variation of the transit.",
                   needed=False, low=0, high=10),
            Column("doors_close_minutes", "number", "15", "Loading ends this long before each"
                   " departure; empty: 0.", needed=False, default="", low=0, high=1440),
        ),
        Column("loading_cutoff", "time", "22:40", "Instead of doors_close_minutes: loading ends at"
               " this time for the next departure, also one after midnight, at most 6 hours later;"
               " and as long before the others.",
               needed=False, attribute="doors_close_minutes", default=""),
    ), key=("origin", "destination", "mode")),
    Sheet("departures", "The timetable of the lanes: one row a departure.", (
        _place("origin", "WH01", "As in sheet lanes."),
        _place("destination", "HUB01", "As in sheet lanes."),
        Column("mode", "id", "linehaul", "As in sheet lanes."),
        Column("leaves", "departure", "23:00", "Local time at the origin (pickups: at the"
               " destination).", attribute="departs"),
        Column("vehicles", "whole", "1", "How many leave together.", needed=False,
               attribute="departs", default=1, low=1, high=100_000),
    ), key=("origin", "destination", "mode", "leaves")),
    Sheet("rounds", "When couriers leave delivery stations: one row a station.", (
        _place("station", "ST001", "The facility."),
        *_of(
            Facility,
            Column("leaves", "times", "10:00", "Local times of the waves.",
                   attribute="wave_times"),
            Column("calendar", "name", "delivery", "Days on which couriers go out.",
                   attribute="round_calendar", refers="calendars"),
            Column("capacity_parcels", "whole", "4000", "Parcels that one wave takes, all"
                   " couriers together.", attribute="round_capacity", low=1, high=_MOST),
            Column("hours", "number", "8", "From leaving to the last stop.",
                   attribute="round_hours", above=0, high=48),
        ),
    ), key=("station",)),
    Sheet("markets", "Which station serves a market: one row for each pair.", (
        Column("market", "market", "Z900", "Z and the first three digits of the ZIP."),
        _place("station", "ST001", "A station with a round."),
        *_of(
            Door,
            Column("share", "share", "1", "Share of the market's addresses; a market's shares sum"
                   " to 1.", above=0, high=1),
            Column("distance_km", "number", "20", "From the station to the market's center.",
                   needed=False, low=0, high=20_000),
        ),
    ), key=("market", "station")),
    Sheet("stock", "The centers that hold stock, if any.", (
        _place("center", "WH01", "A facility that orders start from."),
    ), key=("center",), needed=False),
    Sheet("sellers", "Sellers who ship themselves, if any: one row each.", (
        Column("market", "market", "Z900", "Where the seller is."),
        _place("pickup_station", "ST001", "The facility that collects there.", "pickup"),
        Column("orders_per_day", "number", "12.5", "Orders on a mean day.", attribute="volume",
               above=0, high=1e9),
        Column("daily_capacity_orders", "whole", "25", "Orders it can pack on a working day.",
               attribute="daily_capacity", low=1, high=_MOST),
        Column("working_days", "weekdays", "Mon-Fri", "Days on which it packs."),
        Column("pickup_days", "weekdays", "Mon-Fri", "Days on which it hands over."),
        Column("opens", "hour", "09:00", "When a day's orders are released.",
               attribute="opens_hour"),
        Column("cutoff", "hour", "14:00", "Orders placed from then on wait for the next working"
               " day.", attribute="cutoff_hour"),
        Column("handling_hours", "number", "15", "Median time from released to packed.",
               low=0, high=10_000),
        Column("packaging", "choice", "fair", "How well it packs.", choices=PACKAGING_GRADES),
    ), needed=False),
)  # fmt: skip
"""All sheets, in the order in which they are written."""

SHEET: Mapping[str, Sheet] = {sheet.name: sheet for sheet in SHEETS}


@cache
def limits(sheet: str) -> dict[str, tuple[float, float]]:
    """Return the bounds of the numbers of a sheet, by attribute of the schema."""
    return {
        column.field: (column.low if column.low is not None else column.above or 0, column.high)
        for column in SHEET[sheet].columns
        if column.high is not None and KINDS[column.kind].is_number
    }
