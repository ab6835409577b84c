"""The tables of the page, as text: what each says is decided here, how it looks in the template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.cases import CASES
from logistics.analysis.measures.registry import (
    CASE_FIGURES,
    CAUSE_FIGURES,
    LATE_STEPS,
    NETWORK_FIGURES,
    PAIRED_FIGURES,
    Definition,
)
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.causes import SLOWEST, cause_hours
from logistics.report.pictures.market_maps import FEWEST, FEWEST_TAIL, has_orders
from logistics.report.pictures.times import mean_days, share_late
from logistics.report.tables.terminal import (
    CASES_DEFINITION,
    PAIRED_DEFINITION,
    PAIRED_ROWS,
    SECTIONS,
    case_cell,
    has_split,
)
from logistics.report.text.answer import shown_pairs, whole
from logistics.report.text.assumptions import Assumption
from logistics.report.text.wording import figure_text, signed
from logistics.vocabulary import CAUSES
from networks.geography import load_markets
from networks.inputs.local_times import WEEKDAY_NAMES

if TYPE_CHECKING:
    from logistics.experiments.added_capacity import AddedCapacity

_DATES = (1, 2, 3)
_SHORT = 20
_MANY_COLUMNS = 7
_LONG = 45  # rows from which a table is folded
_HOURS = Definition("hours", "", "", float("-inf"))
_SUM = Definition("hours", "", "")
_WITHIN = Definition("days", "", "")
_SHARE = Definition("share", "", "", float("-inf"))
_PART = Definition("share", "", "")


@dataclass(frozen=True)
class Row:
    """A label and its cells; without cells, a heading within the table. `note`: said beside it."""

    label: str
    cells: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the page. `texts`: its cells are words, not numbers."""

    name: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    texts: bool = False

    @property
    def folded(self) -> bool:
        """Whether it is too long to stand open."""
        return len(self.rows) > _LONG and self.name != "networks"

    @property
    def is_wide(self) -> bool:
        """Whether it has more columns than a printed page likes."""
        return len(self.headings) > _MANY_COLUMNS

    @property
    def is_short(self) -> bool:
        """Whether it fits a printed page and should not be broken."""
        return len(self.rows) <= _SHORT


def networks_table(result: Comparison) -> Table:
    """Return every figure of every network, each section with its definition."""
    rows: list[Row] = []
    for section in SECTIONS:
        if section.title == "Whole orders" and not has_split(result):
            continue
        rows.append(Row(section.title, note=section.definition))
        for figure in section.figures:
            known = NETWORK_FIGURES[figure]
            cells = (_unbroken(result.figures[name][figure], known) for name in result.names)
            rows.append(Row(known.label, tuple(cells), known.text))
    caption = "Networks, given the same orders" if len(result.names) > 1 else "All figures"
    return Table("networks", caption, ("", *result.names), tuple(rows))


def differences_table(result: Comparison) -> Table:
    """Return the differences pair by pair."""
    headings = [f"{first} (first), {second} (second)" for first, second, _ in result.pairs()]
    rows = [
        Row(
            PAIRED_FIGURES[figure].label,
            tuple(whole(pair[figure], PAIRED_FIGURES[figure]) for _, _, pair in result.pairs()),
            PAIRED_FIGURES[figure].text,
        )
        for figure in PAIRED_ROWS
    ]
    caption = "The same orders, one network against another"
    return Table("differences", caption, ("", *headings), tuple(rows), PAIRED_DEFINITION)


def causes_table(result: Comparison) -> Table:
    """Return the mean hours by cause of all and of the slowest 5%, by network."""
    everyone = [cause_hours(result, name) for name in result.names]
    slowest = [cause_hours(result, name, "speed", SLOWEST) for name in result.names]
    rows = [Row("All delivered parcels"), *_cause_rows(everyone)]
    rows += [Row("The slowest 5% of the delivered"), *_cause_rows(slowest)]
    note = "Mean hours over delivered parcels. The causes add up to the time from order to door."
    return Table("causes", "Hours by cause", ("", *result.names), tuple(rows), note)


def waterfall_table(result: Comparison) -> Table:
    """Return the steps of each pair in hours and in the share late."""
    pairs = [pair for pair in shown_pairs(result) if pair_name(*pair) in result.waterfalls]
    falls = [result.waterfalls[pair_name(*pair)] for pair in pairs]
    rows = [
        Row("Hours from order to door", note="mean over parcels delivered in both"),
        Row("first network", tuple(whole(fall.first_hours, _SUM) for fall in falls)),
        *(
            Row(
                CAUSE_FIGURES[cause].label,
                tuple(whole(fall.steps[cause], _HOURS) for fall in falls),
                CAUSE_FIGURES[cause].text,
            )
            for cause in CAUSES
        ),
        Row("second network", tuple(whole(f.second_hours, _SUM) for f in falls)),
        Row("Share late", note="over all parcels; never delivered is late; steps in points of 100"),
        Row("first network", tuple(whole(fall.first_late, _PART) for fall in falls)),
        *(
            Row(
                known.label, tuple(whole(fall.late_steps[step], _SHARE) for fall in falls),
                known.text,
            )
            for step, known in LATE_STEPS.items()
        ),
        Row("second network", tuple(whole(fall.second_late, _PART) for fall in falls)),
    ]  # fmt: skip
    headings = [f"{first} (first), {second} (second)" for first, second in pairs]
    caption = "Step by step from the first network to the second"
    return Table("waterfall", caption, ("", *headings), tuple(rows))


def dates_table(result: Comparison) -> Table:
    """Return the share delivered within so many dates, by order date."""
    first = date.fromisoformat(result.run["first_day"])
    shares = [
        result.group_totals[name]["order_date"].share("within_dates") for name in result.names
    ]
    rows = []
    for at in range(shares[0].shape[1]):
        day = first + timedelta(days=at)
        cells = (percent(one[k, at]) for one in shares for k in _DATES)
        rows.append(Row(f"{day:%a} {day.day} {day:%b}", tuple(cells)))
    headings = [f"{name}: {k} date{'s' * (k > 1)}" for name in result.names for k in _DATES]
    note = "Share of all parcels delivered within so many dates of the local order date."
    return Table("dates", "By order date", ("ordered on", *headings), tuple(rows), note)


def weekday_table(result: Comparison) -> Table:
    """Return mean days and share late by the weekday of the order."""
    days = [mean_days(result, name, "weekday") for name in result.names]
    late = [share_late(result, name, "weekday") for name in result.names]
    rows = [
        Row(
            weekday,
            tuple(
                cell
                for mean, share in zip(days, late, strict=True)
                for cell in (number(mean[row], 2), percent(share[row]))
            ),
        )
        for row, weekday in enumerate(WEEKDAY_NAMES)
    ]
    headings = [f"{name}: {what}" for name in result.names for what in ("mean days", "late")]
    note = "Mean over delivered parcels; late: of all parcels, not delivered by the promised date."
    caption = "By the weekday of the order"
    return Table("weekdays", caption, ("ordered on", *headings), tuple(rows), note)


def damage_table(result: Comparison) -> Table:
    """Return what damaged parcels where, happened and expected, of 100 delivered."""
    rates = {name: result.damage[name].rates() for name in result.names}
    places = list(dict.fromkeys(place for one in rates.values() for place in one))
    rows = [
        Row(
            f"{kind}, {place}" if kind != place else kind,
            tuple(
                f"{share * 100:.3f}" if result.damage[name].delivered else "-"
                for name in result.names
                for share in rates[name].get((place, kind), (0.0, 0.0))
            ),
        )
        for place, kind in places
    ]
    headings = [f"{name}: {what}" for name in result.names for what in ("happened", "expected")]
    note = "Damaged parcels of 100 delivered, by the kind of touch and the place where it was."
    caption = "What damages parcels where"
    return Table("damage", caption, ("touch, place", *headings), tuple(rows), note)


def bottlenecks_table(result: Comparison) -> Table:
    """Return the places where most hours are waited for workers or for places aboard."""
    rows: list[Row] = []
    for name in result.names:
        if name not in result.places:
            continue
        rows.append(Row(name))
        rows += [
            Row(
                f"{one.place} ({one.kind})",
                (
                    one.waits_for,
                    f"{one.hours_per_order * 60:.2f}",
                    f"{one.hours:.2f}",
                    f"{one.parcels_per_day:,.0f}",
                    percent(one.busy),
                ),
            )
            for one in result.places[name].bottlenecks()
        ]
    headings = ("place", "waiting for", "minutes per order", "hours per parcel there",
                "parcels a day", "busy or full")  # fmt: skip
    note = (
        "Minutes per order: over all orders of the network, so that networks compare. Busy: share"
        " of the workers' time in work; full: share of the departures that left somebody behind."
        " Waiting for the next departure is the timetable's, and not counted here."
    )
    return Table("bottlenecks", "Where parcels wait for capacity", headings, tuple(rows), note)


def cases_table(result: Comparison) -> Table:
    """Return the two shoppers, with the counts behind each share."""
    rows: list[Row] = []
    for case, what in CASES.items():
        rows.append(Row(what.title))
        for figure, known in CASE_FIGURES.items():
            cells = (" ".join(c for c in case_cell(result.cases[name], case, figure) if c)
                     for name in result.names)  # fmt: skip
            rows.append(Row(known.label, tuple(cells), known.text))
    return Table("cases", "Two shoppers", ("", *result.names), tuple(rows), CASES_DEFINITION)


def markets_table(result: Comparison) -> Table:
    """Return each market: parcels, median, slowest 20th and share within 2 dates, by network.

    Markets without orders are left out.
    """
    columns = []
    for name in result.names:
        tally = result.group_totals[name]["market"]
        columns.append(
            (
                tally.parcels,
                tally.quantile(0.5),
                tally.quantile(0.95),
                tally.share("within_dates")[2],
            )
        )
    markets, asked = load_markets(), has_orders(result)
    rows = [
        Row(
            f"{market} {place}",
            tuple(
                cell
                for parcels, half, most, within in columns
                for cell in (
                    f"{parcels[row]:,}",
                    number(half[row] if parcels[row] >= FEWEST else float("nan"), 1),
                    number(most[row] if parcels[row] >= FEWEST_TAIL else float("nan"), 1),
                    percent(within[row] if parcels[row] >= FEWEST else float("nan")),
                )
            ),
        )
        for row, (market, place) in enumerate(zip(markets.ids, markets.names, strict=True))
        if asked[row]
    ]
    what = ("parcels", "half within, days", "95 of 100 within, days", "within 2 dates")
    headings = [f"{name}: {one}" for name in result.names for one in what]
    note = f"Too few parcels (under {FEWEST}; for 95 of 100, under {FEWEST_TAIL}) show '-'."
    note += "" if asked.all() else " Markets without orders are left out."
    return Table("markets", "Market by market", ("market", *headings), tuple(rows), note)


def added_capacity_table(added_capacities: Mapping[str, Sequence[AddedCapacity]]) -> Table:
    """Return what more capacity at single bottlenecks did to the same orders, by network."""
    rows: list[Row] = []
    for name, found in added_capacities.items():
        rows.append(Row(name))
        rows += [
            Row(
                f"{one.bottleneck.place} ({one.bottleneck.kind})",
                (
                    f"{one.addition.real:,} {one.addition.what} ({one.addition.sample:,})",
                    f"{one.parcels_per_day:,.0f}",
                    whole(one.saved_hours, _HOURS),
                    _minutes(one.saved_days),
                    " to ".join(whole(days, _WITHIN) for days in one.p95_days),
                ),
            )
            for one in found
        ]
    headings = ("place", "more capacity: real (in the sample)", "parcels a day there",
                "saved for each of them", "saved per parcel of the network",
                "95 of 100 within")  # fmt: skip
    note = "The same orders once more, with more capacity at this one place and nowhere else."
    caption = "What more capacity there would do"
    return Table("relief", caption, headings, tuple(rows), note, texts=True)


def assumptions_table(found: Iterable[Assumption], names: Sequence[str]) -> Table:
    """Return every figure of the scenarios with its source or its range."""
    rows = [
        Row(one.path, (*(one.values[name] for name in names), one.meaning, one.origin))
        for one in found
    ]
    headings = ("figure", *names, "meaning", "where it comes from")
    return Table("assumptions", "Every figure that went in", headings, tuple(rows), texts=True)


def number(value: float, decimals: int) -> str:
    """Return a number, '-' where there is none, and 'not reached' where it has no end."""
    if isfinite(value):
        return f"{value:,.{decimals}f}"
    return "not reached" if value > 0 else "-"


def percent(value: float) -> str:
    """Return a share in percent; '-' where there is none."""
    return f"{value:.1%}" if isfinite(value) else "-"


def _minutes(days: Estimate) -> str:
    """Return a small part of a day, which has its sign, in minutes."""
    low, high = (signed(end * 1440, 1) for end in (days.low, days.high))
    interval = f" ({low} to {high})" if days.has_interval else ""
    return f"{signed(days.estimate * 1440, 1)} minutes{interval}"


def _unbroken(figure: Estimate, definition: Definition) -> str:
    """Return a figure and its interval, which may only be broken between the two."""
    return " ".join(part.replace(" ", "\u00a0") for part in figure_text(figure, definition) if part)


def _cause_rows(columns: Sequence[Mapping[str, float]]) -> list[Row]:
    rows = [
        Row(
            CAUSE_FIGURES[cause].label,
            tuple(number(hours[cause], 1) for hours in columns),
            CAUSE_FIGURES[cause].text,
        )
        for cause in CAUSES
    ]
    total = tuple(number(sum(hours.values()), 1) for hours in columns)
    return [*rows, Row("together", total)]
