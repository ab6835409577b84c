"""Charts of where parcels wait: how busy the bottlenecks are, hour by hour."""

from __future__ import annotations

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.report.pictures.scales import VIRIDIS
from logistics.report.pictures.style import (
    WIDTH,
    WORDS,
    Row,
    chart_of,
    finished,
    row_labels,
    runs_words,
)

MOST_PLACES = 12


def plot_utilization_by_hour(result: Comparison, network: str) -> alt.Chart:
    """Plot how busy the workers are by hour of the day, where parcels wait longest for them."""
    rows = _hourly(result, network)
    order = list(dict.fromkeys(row["place"] for row in rows))
    hours = alt.Axis(
        title="local hour of the day", labelAngle=0, values=list(range(0, 24, 3)), domain=False
    )
    legend = alt.Legend(
        format=".0%", title=None, gradientLength=260, orient="bottom", direction="horizontal"
    )
    shades = alt.Scale(domain=[0, 1], range=list(VIRIDIS[::-1]), clamp=True)
    chart: alt.Chart = chart_of(rows).mark_rect(stroke="white").encode(
        alt.X("hour:O", scale=alt.Scale(domain=list(range(24))), axis=hours),
        alt.Y("place:N", sort=order, axis=row_labels(260)),
        alt.Color("busy:Q", scale=shades, legend=legend),
        WORDS,
    )  # fmt: skip
    about = (
        "Share of the workers' time in work where parcels wait longest for workers; blank: no"
        " one on duty."
    )
    return finished(
        chart, f"How busy the bottlenecks of {network} are",
        [about, f"Measured days only. {runs_words(result)}"],
        width=WIDTH - 60, height=max(60, 28 * len(order)),
    )  # fmt: skip


def has_busy_places(result: Comparison, network: str) -> bool:
    """Tell whether parcels wait for workers anywhere."""
    return network in result.places and bool(_hourly(result, network))


def _hourly(result: Comparison, network: str) -> list[Row]:
    totals = result.places[network]
    names, share = totals.names, totals.utilisation
    worst = np.argsort(-totals.queue_hours, kind="stable")[:MOST_PLACES].tolist()
    return [
        {
            "place": f"{names.facilities[row]} ({names.kinds[row]})",
            "hour": hour,
            "busy": busy,
            "words": f"{names.facilities[row]}, {hour}:00 to {hour + 1}:00: {busy:.0%} busy",
        }
        for row in worst
        if totals.queue_hours[row] > 0
        for hour, busy in enumerate(share[row].tolist())
        if np.isfinite(busy)
    ]
