"""Charts of where parcels wait: how busy the bottlenecks are, hour by hour."""

from __future__ import annotations

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.report.pictures.scales import VIRIDIS
from logistics.report.pictures.style import (
    WIDTH,
    Row,
    data,
    finished,
    headline,
    row_labels,
    runs_words,
)

MOST_PLACES = 12


def plot_utilization_by_hour(result: Comparison, network: str) -> alt.Chart:
    """Plot how busy the workers are by hour of the day, where parcels wait longest for them."""
    rows = _hourly(result, network)
    order = list(dict.fromkeys(row["place"] for row in rows))
    hour = (
        alt.X("hour:O")
        .scale(domain=list(range(24)))
        .axis(
            title="local hour of the day", labelAngle=0, values=list(range(0, 24, 3)), domain=False
        )
    )
    place = alt.Y("place:N").sort(order).axis(row_labels(260))
    busy = alt.Color("busy:Q").scale(domain=[0, 1], range=list(VIRIDIS[::-1]), clamp=True)
    legend = alt.Legend(
        format=".0%", title=None, gradientLength=260, orient="bottom", direction="horizontal"
    )
    marks = alt.Chart(data(rows)).mark_rect(stroke="white")
    chart: alt.Chart = marks.encode(hour, place, busy.legend(legend), alt.Description("words:N"))
    title = headline(
        f"How busy the bottlenecks of {network} are",
        "Share of the workers' time in work where parcels wait longest for workers; blank: no"
        " one on duty.",
        f"Measured days only. {runs_words(result.replications)}",
    )
    return finished(chart, title, width=WIDTH - 60, height=max(60, 28 * len(order)))


def has_busy_places(result: Comparison, network: str) -> bool:
    """Tell whether parcels wait for workers anywhere."""
    return network in result.places and bool(_hourly(result, network))


def _hourly(result: Comparison, network: str) -> list[Row]:
    totals = result.places[network]
    share = totals.utilisation
    worst = np.argsort(-totals.queue_hours, kind="stable")[:MOST_PLACES].tolist()
    rows = [row for row in worst if totals.queue_hours[row] > 0 and np.isfinite(share[row]).any()]
    names = totals.names
    return [
        {
            "place": f"{names.facilities[row]} ({names.kinds[row]})",
            "hour": hour,
            "busy": busy,
            "words": f"{names.facilities[row]}, {hour}:00 to {hour + 1}:00: {busy:.0%} busy",
        }
        for row in rows
        for hour, busy in enumerate(share[row].tolist())
        if np.isfinite(busy)
    ]
