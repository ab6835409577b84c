"""Quotes from the command line and from Python: counts, files, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from small_scenarios import centers, sellers
from typer.testing import CliRunner

import logistics
from logistics import InputError
from logistics.analysis.quotes import MOST_DAYS, NO_DATE
from logistics.cli import app
from logistics.experiments.quotes import Quotes, density_class
from logistics.report.quotes import quote_lines, quote_table
from logistics.running import simulate
from logistics.runs.date_counts import count_dates
from networks.geography import load_markets
from networks.inputs.yaml_writer import write_yaml

WEEK = {"days": 7, "warm_up_days": 2, "follow_days": 14}
CUTOFFS = (12 * 60, 16 * 60)


@pytest.fixture(scope="module")
def quotes() -> Quotes:
    """Two runs of a week of a dozen centers."""
    return logistics.quote(centers(), workers=1, replications=2, **WEEK)


def test_every_measured_parcel_is_counted_where_it_belongs() -> None:
    run = simulate(centers().replace(days={"days": 3, "warm_up_days": 1}))
    found = count_dates(run, CUTOFFS)
    table = run.parcels
    assert found.counts.sum() == found.zones.sum() == len(table)
    minutes = table["ordered_local"].dt.hour * 60 + table["ordered_local"].dt.minute
    at = np.searchsorted(CUTOFFS, minutes, "right")
    arrives = pd.to_datetime(table["delivery_date"])
    days = (arrives - table["ordered_local"].dt.normalize()).dt.days.fillna(MOST_DAYS + 1)
    day = (table["ordered_local"].dt.normalize() - pd.Timestamp("2023-09-18")).dt.days
    rows = [load_markets().index(one) for one in table["market"]]
    expected = np.zeros(found.counts.shape, int)
    np.add.at(expected, (rows, day, at, days.astype(int)), 1)
    assert np.array_equal(found.counts, expected)


def test_the_table_has_a_row_for_each_market_weekday_and_time(quotes: Quotes) -> None:
    table = quotes.table()
    assert len(table) == quotes.asked.sum() * 7 * 3
    assert list(table["ordered_at"].unique()) == ["before 12:00", "12:00 to 16:00", "from 16:00"]
    known = table.dropna(subset="days")
    assert (known["kept"] >= 0.95).all()
    weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    number = known["ordered_on"].map(weekdays.index)
    arrives = known["delivered_on"].map(weekdays.index)
    assert ((number + known["days"] - arrives) % 7 == 0).all()
    assert set(table["basis"]) <= {"own parcels", "like markets"}


def test_a_smaller_share_never_takes_longer(quotes: Quotes) -> None:
    days = [quotes.kept.quoted(share) for share in (0.5, 0.8, 0.95)]
    for sooner, later in pairwise(days):
        known = later >= 0
        assert (sooner[known] <= later[known]).all()


def test_the_last_order_date_arrives_in_time(quotes: Quotes) -> None:
    by = date(2023, 9, 23)
    last = quotes.last_order_dates(by)
    assert len(last) == quotes.asked.sum() * 3
    found = last.dropna(subset="order_by")
    assert len(found) > len(last) / 2
    assert (found["order_by"] <= pd.Timestamp(by)).all()
    assert (found["kept"] >= 0.95).all()


def test_a_later_order_of_a_day_is_never_quoted_an_earlier_date(quotes: Quotes) -> None:
    days = np.where(quotes.days < 0, MOST_DAYS + 1, quotes.days)
    assert (np.diff(days, axis=2) >= 0).all()
    parcels = np.maximum(quotes.by_weekday.sum(axis=-1), 1)
    own = np.cumsum(quotes.by_weekday[..., :-1], axis=-1) / parcels[..., None]
    assert (np.diff(own, axis=2) > 0).any(), "else nothing was pooled"


def test_parcels_that_had_not_ended_count_as_not_kept_and_are_told() -> None:
    short = logistics.quote(
        sellers(), workers=1, replications=1, days=2, warm_up_days=1, follow_days=3, share=0.5
    )
    under_way = short.counts.under_way
    assert 0 < under_way <= short.counts.counts[..., -1].sum()
    told = f"{under_way:,} parcels ("
    assert any(line.startswith(told) and "--follow-days" in line for line in quote_lines(short))


def test_where_no_date_is_kept_the_table_says_so_and_has_no_number() -> None:
    """Of parcels that are followed for three days, most have not come."""
    short = logistics.quote(
        sellers(), workers=1, replications=1, days=2, warm_up_days=1, follow_days=3, share=0.95
    )
    assert (short.days == NO_DATE).any()
    table = quote_table(short)
    assert [column.heading for column in table.columns][-1] == "no date"
    shares = [sum(cell.value for cell in row.cells if cell) for row in table.rows]
    assert shares == pytest.approx([1.0] * len(shares))
    none = short.table().loc[lambda one: one["days"].isna()]
    assert len(none)
    assert none["kept"].isna().all()
    assert set(none["delivered_on"]) == {""}


def test_half_of_all_people_live_in_the_densest_class() -> None:
    markets = load_markets()
    people = np.bincount(density_class(markets), markets.share)
    assert people == pytest.approx([0.5, 0.3, 0.15, 0.05], abs=0.01)


def test_the_command_writes_a_workbook_and_csv(tmp_path: Path) -> None:
    (tmp_path / "sellers.yaml").write_text(write_yaml(sellers()))
    words = ["quote", tmp_path / "sellers.yaml", "--replications", 1, "--workers", 1, "--days", 3,
             "--share", "0.8", "--cutoffs", "15:00", "--by", "2023-09-20", "-o", tmp_path / "out",
             "--warm-up-days", 2, "--follow-days", 20]  # fmt: skip
    result = CliRunner().invoke(app, list(map(str, words)), env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output
    assert "sellers: quoted dates kept 80.0% of the time, from 1 run of 3 days" in result.stdout
    assert "No orders were measured on Thu, Fri, Sat and Sun" in result.stdout
    assert "Last order date for delivery by Wed Sep 20:" in result.stdout
    table = pd.read_csv(tmp_path / "out" / "quotes.csv", dtype={"zip3": str})
    assert set(table["ordered_on"]) == {"Mon", "Tue", "Wed"}
    assert table["zip3"].str.fullmatch(r"\d{3}").all()
    sheet = load_workbook(tmp_path / "out" / "quotes.xlsx")["quotes"]
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["zip3", "city", "state", "ordered_at", "Mon", "Tue", "Wed"]
    days = {type(cell.value) for row in sheet.iter_rows(min_row=2, min_col=5) for cell in row}
    assert days <= {int, type(None)}
    assert (tmp_path / "out" / "last_order_dates.csv").is_file()
    result = CliRunner().invoke(app, [*map(str, words), "--json", "--overwrite"])
    told = json.loads(result.stdout)
    assert len(told["quotes"]) == len(table)
    assert told["quotes"][0]["zip3"] == table["zip3"][0]
    assert {one["order_by"][:10] for one in told["last_order_dates"] if one["order_by"]} <= {
        "2023-09-18", "2023-09-19", "2023-09-20"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"share": 0.4}, "--share 0.4 is no share of dates to keep (allowed: 0.5 to 0.999)"),
        ({"share": 1.0}, "--share 1 is no share"),
        ({"cutoffs": "noon"}, "'noon' is no time of day (allowed: up to 12 times"),
        ({"cutoffs": "12:00, 12:00"}, "a time that parts nothing"),
        ({"markets": "Atlantis"}, "Atlantis"),
    ],
    ids=["low", "one", "noon", "twice", "place"],
)
def test_what_cannot_be_quoted_is_refused(options: dict[str, object], problem: str) -> None:
    with pytest.raises(InputError) as caught:
        logistics.quote(centers(), **options)
    assert problem in str(caught.value)


@pytest.mark.parametrize("by", ["Christmas", "2023-12-25", "2023-09-18"])
def test_a_date_outside_the_measured_days_is_refused(by: str, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(write_yaml(centers()))
    words = ["quote", str(tmp_path / "one.yaml"), "--by", by, "-o", str(tmp_path / "out")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert f"--by {by}" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["amazon-fulfillment", "tiktok-platform-fulfilled", "tiktok-seller-direct"]
)
def test_quotes_are_kept_in_weeks_that_were_not_seen(name: str) -> None:
    """In every class of weekday, density and zone, within sampling error; a date earlier less.

    The error is binomial, times how much more the runs differ than single parcels would: parcels
    share trucks and storms. Among some 150 classes, the lowest is allowed four errors.
    """
    made = logistics.quote(name, seed=1)
    tried = [logistics.quote(name, seed=seed, replications=1).by_weekday for seed in range(9, 13)]
    density, zone = density_class(load_markets()), made.counts.zone()
    of = np.unique(np.stack([density, zone]), axis=1, return_inverse=True)[1].ravel()
    days = made.days
    assert (days[made.asked] >= 0).all()

    def by_class(counts: np.ndarray, earlier: int) -> np.ndarray:
        """Parcels kept, by class and weekday."""
        at = np.maximum(days - earlier, 0)[..., None]
        within = np.take_along_axis(np.cumsum(counts, axis=-1), at, axis=-1)[..., 0]
        found = np.zeros((of.max() + 1, 7))
        np.add.at(found, of, np.where(days >= earlier, within, 0).sum(axis=2))
        return found

    runs = np.stack([by_class(one, 0) for one in tried])
    sizes = np.zeros_like(runs)
    for size, one in zip(sizes, tried, strict=True):
        np.add.at(size, of, one.sum(axis=(2, 3)))
    kept, n = runs.sum(axis=0), sizes.sum(axis=0)
    share = kept / np.maximum(n, 1)
    many = (sizes.min(axis=0) >= 25) & (share < 1)
    apart = (runs - sizes * share) ** 2 / np.maximum(sizes * share * (1 - share), 1e-9)
    spread = max(1.0, float(apart[:, many].sum(axis=0).mean() / (len(tried) - 1)))
    assert spread < 2
    error = np.sqrt(spread * 0.95 * 0.05 / np.maximum(n, 1))
    assert kept.sum() >= 0.95 * n.sum()
    assert (share >= 0.95 - 4 * error)[n > 0].all(), share[n > 0].min()
    early = sum(by_class(one, 1) for one in tried)
    assert early.sum() < 0.95 * n.sum()
    assert n[early >= 0.95 * n].sum() < 0.01 * n.sum()  # where dates jump, few are too late
