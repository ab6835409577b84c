"""One order's journey through each network, for the terminal: when, where, what, how long."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from logistics.experiments.trace import Trace
from logistics.report.text.wording import date_words
from logistics.runs.journeys import Doing, Journey, Place, Step

_WORDS = {
    ("seller", Doing.WAITS_FOR_WORK): "waits for the seller",
    ("seller", Doing.IN_WORK): "handled and packed by the seller",
    ("seller", Doing.WAITS_FOR_DEPARTURE): "waits for the pickup",
    ("fulfillment center", Doing.IN_WORK): "picked, packed and sorted",
    ("warehouse", Doing.IN_WORK): "picked, packed and sorted",
}
"""What is done at a kind of place, where there is more to say than for every place."""


def trace_text(trace: Trace) -> RenderableType:
    """Return an order's journeys, network by network."""
    parts: list[RenderableType] = [Text(_heading(trace), style="bold")]
    for network, journeys in trace.journeys.items():
        for journey in journeys:
            box = f", parcel {journey.parcel_id}" if len(journeys) > 1 else ""
            parts += [Text(), Text(f"{network}{box}: {outcome_words(journey)}")]
            parts.append(Padding(_steps(journey), (0, 0, 0, 2)))
    return Group(*parts)


def duration_words(length: timedelta) -> str:
    """Return a duration in words, to two units.

    >>> duration_words(timedelta(days=1, hours=3, minutes=20))
    '1 day 3 h'
    >>> duration_words(timedelta(hours=2, minutes=5)), duration_words(timedelta(seconds=8))
    ('2 h 5 min', '8 s')
    """
    seconds = round(length.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return " ".join([f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0 or not hours))
    days, hours = divmod(round(seconds / 3600), 24)
    return f"{days} day{'s' * (days > 1)}" + f" {hours} h" * (hours > 0)


def outcome_words(journey: Journey) -> str:
    """Say how a journey ended, and what had been promised."""
    more = f", damaged ({journey.damaged_by})" if journey.damaged_by else ""
    more += f"; promised by {date_words(journey.promised)}" if journey.promised else ""
    if journey.ended is None or journey.lasts is None:
        return f"{_unfinished(journey)}{more}"
    ends = {
        "delivered": "delivered",
        "stolen": "stolen from the doorstep after delivery",
        "returned": "returned after the third failed attempt",
    }
    when = f"{date_words(journey.ended.date())} at {journey.ended:%H:%M}"
    return (
        f"{ends[journey.status]} on {when}, {duration_words(journey.lasts)} after the order"
        f"{more}{_lateness(journey)}"
    )


def _unfinished(journey: Journey) -> str:
    if journey.status == "lost":
        return "lost"
    attempts = f" after {journey.attempts} failed attempts" if journey.attempts else ""
    return f"still in transit when the run ended{attempts}"


def _lateness(journey: Journey) -> str:
    if journey.delivered is None or journey.promised is None:
        return ""
    late = (journey.delivered.date() - journey.promised).days
    return ": on time" if late <= 0 else f": {late} day{'s' * (late > 1)} late"


def _heading(trace: Trace) -> str:
    first = next(iter(trace.journeys.values()))[0]
    ordered = f"{date_words(first.ordered.date())} at {first.ordered:%H:%M}"
    text = (
        f"{trace.title}: {first.product} to {first.customer.town}"
        if trace.title.startswith("order ")
        else f"{trace.title}: order {first.order_id}"
    )
    others = f" ({trace.others} more such orders on these days)" if trace.others else ""
    return f"{text}, ordered on {ordered}{others}"


def _steps(journey: Journey) -> RenderableType:
    """Return when, where, what and how long: the order, the steps, and the end."""
    town = journey.customer.town
    lines = [(journey.ordered, town, f"{journey.product} ordered", "")]
    for step in journey.steps:
        lasts = "" if step.lasts is None else duration_words(step.lasts)
        lines.append((step.starts, _where(step.place), _what(step), lasts))
    if journey.ended is not None:
        end = {"stolen": "delivered, then stolen", "returned": "third attempt failed: sent back"}
        lines.append((journey.ended, town, end.get(journey.status, "delivered"), ""))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("local time", "", "where", "what", "for"):
        table.add_column(heading, no_wrap=heading == "local time")
    before = ""
    for starts, place, what, lasts in lines:
        where = "" if place == before else place
        table.add_row(f"{starts:%a %b %d %H:%M}", f"{starts:%Z}", where, what, lasts)
        before = place
    return table


def _what(step: Step) -> str:
    plain = "sorted" if step.doing is Doing.IN_WORK else step.doing.words
    words = _WORDS.get((step.place.kind, step.doing), plain)
    if step.doing is Doing.ON_THE_WAY and step.toward is not None:
        words = f"in transit to {_where(step.toward)}"
    return f"{words}: {step.note}" if step.note else words


def _where(place: Place) -> str:
    if place.kind == "seller":
        return f"{place.name}, {place.town}"
    return f"{place.kind} {place.name}, {place.town}"
