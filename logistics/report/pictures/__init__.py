"""Pictures: each a function from a `Comparison` to a chart or a map that shows itself in Jupyter.

times, causes, damage, studies                  charts, drawn by Altair
market_maps, place_maps                         maps, drawn by ourselves
style, drawing, map_sheets                      how they look, and what they are drawn on
catalog                                         those of a report: file names, captions
"""

from logistics.report.pictures.causes import (
    plot_hours_by_cause,
    plot_hours_waterfall,
    plot_late_waterfall,
    plot_slowest_hours_by_cause,
    plot_utilization_by_hour,
)
from logistics.report.pictures.damage import (
    plot_damage_by_touches,
    plot_damage_expected,
    plot_damage_kinds,
)
from logistics.report.pictures.drawing import save_picture
from logistics.report.pictures.market_maps import (
    plot_difference_map,
    plot_median_days_map,
    plot_p95_days_map,
    plot_within_dates_map,
)
from logistics.report.pictures.place_maps import plot_facilities_map, plot_flows_map
from logistics.report.pictures.times import (
    plot_by_weekday,
    plot_delivery_histograms,
    plot_delivery_times,
    plot_within_dates,
)

__all__ = [
    "plot_by_weekday",
    "plot_damage_by_touches",
    "plot_damage_expected",
    "plot_damage_kinds",
    "plot_delivery_histograms",
    "plot_delivery_times",
    "plot_difference_map",
    "plot_facilities_map",
    "plot_flows_map",
    "plot_hours_by_cause",
    "plot_hours_waterfall",
    "plot_late_waterfall",
    "plot_median_days_map",
    "plot_p95_days_map",
    "plot_slowest_hours_by_cause",
    "plot_utilization_by_hour",
    "plot_within_dates",
    "plot_within_dates_map",
    "save_picture",
]
