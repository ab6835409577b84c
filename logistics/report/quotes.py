"""Quotes as files and words: which delivery date to show, and until when to order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from logistics.analysis.quotes import NO_DATE
from logistics.analysis.statistics.intervals import percent
from logistics.experiments.quotes import THIN, Quotes
from logistics.report.tables.table import Column, Number, Row, Table
from logistics.report.tables.workbook import Sheet, workbook
from logistics.report.text.ranges import listed
from logistics.report.text.wording import date_words
from logistics.runtime.output_folders import ABOUT, TITLE
from networks.geography import load_markets
from networks.inputs.cells import spreadsheet_text
from networks.inputs.local_times import WEEKDAY_NAMES

_LONGEST = 7  # days of a class of its own; more are one class
_CLASSES = (*(f"{day} day{'s' * (day > 1)}" for day in range(1, _LONGEST)), f"{_LONGEST}+ days")
_FILES = """\
quotes.xlsx            a row for each ZIP3 and time of day, a column for each weekday: calendar days
quotes.csv             the same with a row for each weekday: share kept, parcels behind it, basis
"""
_LAST = "last_order_dates.csv   the last order date for delivery by {by}, for each ZIP3 and time\n"


def write_quotes(quotes: Quotes, folder: Path) -> None:
    """Write quotes as CSV and workbook, and the last order dates if they were asked for.

    Raises OSError if they cannot be written.
    """
    table = quotes.table()
    _csv(table, folder / "quotes.csv")
    content = [Sheet("quotes", *_wide(quotes), 4)]
    if (last := quotes.last) is not None:
        _csv(last, folder / "last_order_dates.csv")
        content.append(Sheet("last order dates", *_plain(last), 3))
    (folder / "quotes.xlsx").write_bytes(workbook(content, quotes.name))
    about = f"{TITLE}: quotes of {quotes.name}\n{_what(quotes)}\n\n{_FILES}"
    about += _LAST.format(by=quotes.by) if quotes.by else ""
    (folder / ABOUT).write_text(about, encoding="utf-8")


def quote_facts(quotes: Quotes) -> dict[str, Any]:
    """Return the quotes as JSON has them, with a list for each table."""
    tables = {"quotes": quotes.table(), "last_order_dates": quotes.last}
    return {
        "network": quotes.name,
        "share": quotes.share,
        "replications": quotes.replications,
        "first_day": quotes.first_day.isoformat(),
        "days": quotes.counts.counts.shape[1],
        "under_way": quotes.counts.under_way,
        "by": quotes.by.isoformat() if quotes.by else None,
        **{
            name: json.loads(table.to_json(orient="records", date_format="iso", date_unit="s"))
            for name, table in tables.items()
            if table is not None
        },
    }


def quote_lines(quotes: Quotes) -> Iterator[str]:
    """Yield the answer in words, but for its table."""
    yield _what(quotes)
    table = quotes.table()
    thin = percent(float((table["parcels"] < THIN).mean()), 0)
    like = percent(float((table["basis"] == "like markets").mean()), 0)
    yield (
        f"{thin} of the {len(table):,} cells have fewer than {THIN} parcels of their own; in {like}"
        " of the cells, markets of the same carrier zone and density count for more."
    )
    missing = table["days"].isna()
    if missing.any():
        where = listed(sorted(set(table.loc[missing, "zip3"]))[:5])
        cells = f"{int(missing.sum()):,} cells"
        yield f"{cells} have no date that meets this share, such as ZIP3 {where}."
    if quotes.counts.under_way:
        share = percent(quotes.counts.under_way / int(quotes.counts.counts.sum()), 1)
        yield (
            f"{quotes.counts.under_way:,} parcels ({share}) had not ended when their run did, and"
            " count as not kept: --follow-days follows them longer."
        )
    days = [name for name in WEEKDAY_NAMES if name not in quotes.weekdays]
    if days:
        yield f"No orders were measured on {listed(days)}: no quotes for these (--days 7)."
    if quotes.by and (last := quotes.last) is not None:
        yield f"Last order date for delivery by {date_words(quotes.by)}:"
        for day in sorted(set(last["order_by"].dropna())):
            people = _people(last[last["order_by"] == day]) / _people(last)
            yield f"  {date_words(day.date())}  {percent(people, 0):>4} of people"
        late = last["order_by"].isna()
        if late.any():
            people = _people(last[late]) / _people(last)
            yield f"  earlier than the first measured date: {percent(people, 0)} of people"


def quote_table(quotes: Quotes) -> Table:
    """Return how many people get which quote, by weekday and time of the order."""
    asked, people = quotes.asked, load_markets().share
    people = np.where(asked, people, 0.0) / people[asked].sum()
    rows = []
    for name in quotes.weekdays:
        for at, time in enumerate(quotes.times):
            days = quotes.days[:, WEEKDAY_NAMES.index(name), at]
            known = np.where(days == NO_DATE, _LONGEST + 1, np.clip(days, 1, _LONGEST))
            shares = np.bincount(known, people, _LONGEST + 2)[1:]
            cells = tuple(Number(share, "share", 0) if share else None for share in shares.tolist())
            rows.append(Row(f"{name}, {time}", cells))
    classes = (*_CLASSES, "no date")
    if not any(row.cells[-1] for row in rows):
        classes, rows = classes[:-1], [Row(row.label, row.cells[:-1]) for row in rows]
    caption = f"{quotes.label}: share of people by quoted calendar days"
    return Table("quotes", caption, tuple(map(Column, classes)), tuple(rows), "", "ordered on")


def _what(quotes: Quotes) -> str:
    runs = f"{quotes.replications} run{'s' * (quotes.replications > 1)}"
    dates = quotes.counts.counts.shape[1]
    return (
        f"{quotes.label}: quoted dates kept {percent(quotes.share, 1)} of the time, from {runs} of"
        f" {dates} days of orders from {date_words(quotes.first_day)}, {quotes.first_day.year}."
    )


def _wide(quotes: Quotes) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Return headings and rows: ZIP3, place and time, then the days of each weekday."""
    headings = ("zip3", "city", "state", "ordered_at", *quotes.weekdays)
    markets, rows = load_markets(), []
    for market in np.flatnonzero(quotes.asked).tolist():
        for at, time in enumerate(quotes.times):
            found = [
                int(quotes.days[market, WEEKDAY_NAMES.index(day), at]) for day in quotes.weekdays
            ]
            place = (markets.ids[market][1:], markets.names[market], markets.states[market], time)
            rows.append([*place, *(None if one == NO_DATE else one for one in found)])
    return headings, rows


def _plain(table: pd.DataFrame) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Return the headings and rows of a table for a sheet."""
    rows = [
        [None if pd.isna(cell) else cell.date() if isinstance(cell, pd.Timestamp) else cell
         for cell in row]
        for row in table.itertuples(index=False)
    ]  # fmt: skip
    return tuple(table.columns), rows


def _csv(table: pd.DataFrame, path: Path) -> None:
    texts = table.select_dtypes(["object", "str"]).columns
    safe = table.assign(**{name: table[name].map(spreadsheet_text) for name in texts})
    safe.to_csv(path, index=False, lineterminator="\n", float_format="%.4f", date_format="%Y-%m-%d")


def _people(table: pd.DataFrame) -> float:
    """Return the share of people in the rows of a table, each market as often as it occurs."""
    markets = load_markets()
    rows = [markets.index(f"Z{zip3}") for zip3 in table["zip3"]]
    return float(markets.share[rows].sum())
