"""Pictures: each a function from a `Comparison` to a chart or a map that shows itself in Jupyter.

times, causes, damage, studies                  charts, drawn by Altair
market_maps, place_maps                         maps, drawn by ourselves
style, drawing, map_sheets                      how they look, and what they are drawn on
catalog                                         those of a report: file names, captions
interactive, interactive_maps                   those of the page, with switches and tooltips
"""

from logistics.report.pictures.causes import (
    plot_hours_by_cause,
    plot_hours_waterfall,
    plot_utilization_by_hour,
)
from logistics.report.pictures.damage import plot_damage
from logistics.report.pictures.drawing import save_picture
from logistics.report.pictures.market_maps import plot_difference_map, plot_p95_days_map
from logistics.report.pictures.place_maps import plot_facilities_map, plot_flows_map
from logistics.report.pictures.times import (
    plot_by_order_date,
    plot_by_weekday,
    plot_delivery_histograms,
    plot_delivery_times,
)

__all__ = [
    "plot_by_order_date",
    "plot_by_weekday",
    "plot_damage",
    "plot_delivery_histograms",
    "plot_delivery_times",
    "plot_difference_map",
    "plot_facilities_map",
    "plot_flows_map",
    "plot_hours_by_cause",
    "plot_hours_waterfall",
    "plot_p95_days_map",
    "plot_utilization_by_hour",
    "save_picture",
]
