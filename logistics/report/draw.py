"""Page, pictures and workbook of a results folder, drawn from what is kept in it."""

from __future__ import annotations

from pathlib import Path

from altair.utils.schemapi import debug_mode

from logistics.report.page import Live, page
from logistics.report.pictures.catalog import Chart, charts, save_charts
from logistics.report.pictures.interactive import interactive_charts
from logistics.report.pictures.times import plot_delivery_times
from logistics.report.rendering import library_apart
from logistics.report.saved_results import Results, measures_known, saved_results
from logistics.report.tables.provenance import Background
from logistics.report.tables.workbook import sheets, workbook
from logistics.runtime.output_folders import ABOUT, write_whole


def draw_results(folder: Path, report: bool = True) -> None:
    """Write page, workbook and pictures of results, or only the picture of the delivery times.

    Raises InputError for a folder without results; WorkerError if the process that draws ends;
    OutputError if the disk refuses.
    """
    results = saved_results(folder)
    with measures_known(results):
        if report:
            with debug_mode(False):  # what tests check is not checked again in every run
                _write_report(results, folder)
        else:
            times = plot_delivery_times(results.comparison)
            save_charts([Chart("delivery_times", "", "", times)], folder)
    pictures = sorted(path.stem for path in (folder / "pictures").glob("*.svg"))
    listed = "".join(f"{picture}.png, {picture}.svg\n" for picture in pictures)
    about = f"{results.about}\nIn pictures:\n{listed}" if listed else results.about
    write_whole(folder / ABOUT, about.encode())


def _write_report(results: Results, folder: Path) -> None:
    comparison, capacities = results.comparison, results.comparison.added_capacity
    background = Background(results.assumptions, results.command, capacities, results.facilities)
    title = ", ".join(map(comparison.label, comparison.names))
    write_whole(folder / "summary.xlsx", workbook(sheets(comparison, background), title))
    drawn = save_charts(charts(comparison, results.facilities), folder / "pictures")
    for suffix in ("png", "svg"):
        picture = folder / "pictures" / f"delivery_times.{suffix}"
        write_whole(folder / picture.name, picture.read_bytes())
    live = Live(interactive_charts(comparison, results.facilities), library_apart())
    write_whole(folder / "report.html", page(comparison, drawn, background, live).encode())
