"""The curves of a comparison: what share is delivered after so many days."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.report.pictures.style import Row, data, finished, network_color
from logistics.report.text.wording import promise_text

LAST_DAY = 14
"""Where the axis of delivery days ends."""

_WIDTH, _HEIGHT = 640, 420
_STEPS_PER_POINT = 4  # of the quarter-hour grid: a point an hour
_LABEL_HEIGHT = 46  # of two lines of text
_LABEL_DAY = LAST_DAY + 0.8


def plot_delivery_times(result: Comparison) -> alt.LayerChart:
    """Plot the share of parcels delivered against days since the order, one curve a network.

    The band is the interval of the share. A diamond marks the promise: the share of a network's
    parcels that came on the promised date or before.
    """
    color, day = network_color(result.names), day_axis()
    share = alt.Y("share:Q").scale(domain=[0, 1], nice=False)
    share = share.axis(format=".0%", tickCount=11, title="share of all parcels delivered")
    curves = {name: _points(result, name) for name in result.names}
    ends = _labels(result)
    points = alt.Chart(data([row for curve in curves.values() for row in curve]))
    leaders = alt.Chart(data([row for end in ends for row in _leader(end, curves[end["network"]])]))
    labels = alt.Chart(data(ends))
    marks = alt.Chart(data([row for name in result.names for row in _mark(result, name)]))
    text = labels.mark_text(align="left", baseline="bottom", fontSize=15, fontWeight="bold")
    small = labels.mark_text(align="left", baseline="top", fontSize=13, dy=3)
    layers = [
        points.mark_area(opacity=0.25).encode(day, alt.Y("low:Q"), alt.Y2("high:Q"), color),
        points.mark_line(strokeWidth=2.5).encode(day, share, color),
        leaders.mark_line(strokeWidth=1.5).encode(day, share, color),
        marks.mark_point(shape="diamond", size=150, filled=True, stroke="white", opacity=1).encode(
            day, share, color
        ),
        text.encode(day, share, alt.Text("network:N")),
        small.encode(day, share, alt.Text("label:N")),
    ]
    chart = alt.LayerChart(layer=layers)
    return finished(chart, _title(result), width=_WIDTH, height=_height(result))


def day_axis() -> alt.X:
    """Return the axis of delivery days."""
    day: alt.X = alt.X("day:Q").scale(domain=[0, LAST_DAY], nice=False)
    title = "days since the order (24 hours each)"
    return day.axis(values=list(range(LAST_DAY + 1)), format="d", labelFlush=False, title=title)


def _labels(result: Comparison) -> list[Row]:
    """Return each network's label and where it stands."""
    ends = [_share_at(result, name, LAST_DAY) for name in result.names]
    speeds = [float(np.nansum(result.distributions[name].share)) for name in result.names]
    places = _spread(ends, speeds, _LABEL_HEIGHT / _height(result))
    return [
        {"network": name, "day": _LABEL_DAY, "share": place,
         "label": promise_text(result.metrics[name])}
        for name, place in zip(result.names, places, strict=True)
    ]  # fmt: skip


def _points(result: Comparison, name: str) -> list[Row]:
    band = result.distributions[name]
    shown = np.flatnonzero(band.grid <= LAST_DAY)[::_STEPS_PER_POINT]
    columns = (band.grid, band.share, band.low, band.high)
    points = []
    for day, share, low, high in zip(*(column[shown].tolist() for column in columns), strict=True):
        row = {"network": name, "day": day, "share": share}
        points.append(row if isnan(low) else {**row, "low": low, "high": high})
    return points


def _share_at(result: Comparison, name: str, day: float) -> float:
    band = result.distributions[name]
    share = float(band.share[np.searchsorted(band.grid, day)])
    return share if isfinite(share) else 0.0


def _mark(result: Comparison, name: str) -> list[Row]:
    """Return where the curve reaches the share on time; nothing if outside the chart.

    Promises are dates and end at midnight, the axis is elapsed days: a mark above the promised
    date would stand up to a day too early and show too small a share.
    """
    on_time = result.metrics[name]["on_time_rate"].estimate
    band = result.distributions[name]
    reached = np.flatnonzero((band.share >= on_time) & (band.grid <= LAST_DAY))
    if not on_time > 0 or len(reached) == 0:
        return []
    return [{"network": name, "day": float(band.grid[reached[0]]), "share": on_time}]


def _spread(ends: Sequence[float], speeds: Sequence[float], room: float) -> list[float]:
    """Return a place for each label: fastest on top, near its curve's end, `room` to the next."""
    order = sorted(range(len(ends)), key=lambda row: -speeds[row])
    places = [0.0] * len(ends)
    ceiling = 1.0 - room / 2
    for row in order:
        places[row] = min(ends[row], ceiling)
        ceiling = places[row] - room
    floor = room / 2
    for row in reversed(order):
        places[row] = max(places[row], floor)
        floor = places[row] + room
    return places


def _leader(label: Row, curve: Sequence[Row]) -> list[Row]:
    """Return the line from a curve's end to its label."""
    end = {key: curve[-1][key] for key in ("network", "day", "share")}
    return [end, {**end, "day": _LABEL_DAY - 0.1, "share": label["share"]}]


def _height(result: Comparison) -> int:
    """Return a height at which all labels find room."""
    return max(_HEIGHT, _LABEL_HEIGHT * len(result.names))


def _title(result: Comparison) -> alt.TitleParams:
    runs = "One run" if result.replications == 1 else f"Mean of {result.replications} runs"
    band = "" if result.replications == 1 else f"; band: {result.level:.0%} interval"
    return alt.TitleParams(
        "How long the same orders take" if len(result.names) > 1 else "How long orders take",
        subtitle=[
            f"{runs}{band}. What is never delivered keeps a curve below 100%.",
            "Diamond: the share of parcels that came on the promised date or before.",
        ],
    )
