"""Orders from some places only, on dates with an index of their own, and of the past."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from small_scenarios import centers, sellers

from logistics.experiments.plan import plan
from logistics.jobs import compare
from logistics.model.prepare import prepare
from logistics.orders.demand_index import read_demand_index
from logistics.orders.order_files import read_order_rows, read_orders
from logistics.orders.order_settings import settings_of_orders
from logistics.orders.orders import generate_orders
from logistics.report.text.caveats import caveats_of
from logistics.running import simulate
from logistics.scenario.demand import Demand
from logistics.scenario.scenario import Scenario
from logistics.schedule.calendars import Period
from logistics.streams import Streams
from networks.geography import load_markets
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import InputError

MARKETS = load_markets()
WEEK = Period(date(2023, 9, 18), 0, 7, 0, 0, 10, tuple(sorted(set(MARKETS.time_zones))))
"""Monday to Sunday."""


def demand(**fields: Any) -> Demand:
    return Demand.model_validate({"orders_per_day": 10_000, **fields})


def day_counts(**fields: Any) -> list[int]:
    orders = generate_orders(demand(**fields), WEEK, Streams(1))
    return np.bincount(orders.day, minlength=7).tolist()


def faults(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_demand_index(path)
    return [str(fault).removeprefix(f"{path}:") for fault in caught.value.faults]


# --- where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelt", [["02139"], ["021"], [2139], ["Z021"]])
def test_a_market_is_known_by_its_zip_even_if_a_spreadsheet_shortened_it(spelt: list[Any]) -> None:
    assert demand(markets=spelt).market_ids() == ["Z021"]


def test_a_state_stands_for_all_its_markets() -> None:
    texas = demand(markets=["TX", "021"]).market_ids()
    assert {state for m, state in zip(MARKETS.ids, MARKETS.states, strict=True) if m in texas} == {
        "TX", "MA",
    }  # fmt: skip
    assert "Z770" in texas
    assert sum(state == "TX" for state in MARKETS.states) + 1 == len(texas)


def test_places_have_names() -> None:
    assert demand(markets=["Texas", "Seattle", "Dallas"]).markets == ["TX", "Z981", "Dallas, TX"]
    assert demand(markets=["Dallas"]).market_ids() == ["Z752", "Z753"]
    with pytest.raises(ValueError, match=r"several places.*041 \(Portland, ME\), 972"):
        demand(markets=["Portland"])
    with pytest.raises(ValueError, match="did you mean 'Seattle'"):
        demand(markets=["Seatle"])


@pytest.mark.parametrize("spelt", ["99999999", "Puerto Rico", "", True, 1.5])
def test_what_is_no_place_is_refused(spelt: Any) -> None:
    with pytest.raises(ValueError, match="is not a market of the lower 48 states"):
        demand(markets=[spelt])


@pytest.mark.parametrize(("spelt", "meant"), [("10", "'100' or '010'"), (7, "'700' or '007'")])
def test_a_zip_code_of_one_or_two_digits_is_refused(spelt: Any, meant: str) -> None:
    with pytest.raises(ValueError, match=f"is too short .*three digits or more, such as {meant}"):
        demand(markets=[spelt])


def test_orders_come_from_the_chosen_markets_in_proportion_to_their_people() -> None:
    orders = generate_orders(demand(markets=["900", "606", "100"]), WEEK, Streams(1))
    rows = [MARKETS.index(m) for m in ("Z100", "Z606", "Z900")]
    found = np.array([(orders.market == row).sum() for row in rows])
    assert found.sum() == len(orders)
    assert found / len(orders) == pytest.approx(
        MARKETS.share[rows] / MARKETS.share[rows].sum(), abs=0.01
    )


def test_capacities_shrink_to_the_share_of_the_customers_who_order() -> None:
    """All orders from Texas fill its stations as the same share of the country's would."""
    country = centers(orders={"orders_per_day": 20_000})
    rows = demand(markets=["TX"]).market_rows()
    texas = country.replace(orders={"orders_per_day": 2_000, "markets": ["TX"]})
    share = MARKETS.share[rows].sum()
    assert prepare(texas).network.scale["amazon"] == pytest.approx(2_000 / (200_000 * share))
    assert prepare(country).network.scale["amazon"] == 20_000 / 200_000
    ordered = simulate(texas).parcel_table(measured=False)
    assert set(ordered["market"]) <= {MARKETS.ids[row] for row in rows}


def test_a_thousandth_is_counted_among_the_customers_who_order() -> None:
    few = {"orders_per_day": 150}
    with pytest.raises(InputError, match="below a thousandth of the 200,000 parcels a day"):
        centers().replace(orders=few)
    assert centers().replace(orders={**few, "markets": ["TX"]}).orders.orders_per_day == 150


def test_orders_of_a_file_from_elsewhere_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,ordered_at,market,product\n1,2023-09-18 10:00,606,toy\n"
        "2,2023-09-18 10:00,900,toy\n"
    )
    with pytest.raises(InputError) as caught:
        read_orders(file, demand(markets=["606"]), WEEK)
    assert str(caught.value) == (
        f"{file}:3: market = 900: is not among the scenario's markets (allowed: see orders.markets)"
    )


# --- when ----------------------------------------------------------------------------------------


def test_a_date_with_an_index_has_its_share_of_a_mean_day_and_no_other_changes() -> None:
    plain = day_counts()
    sale = [{"date": "2023-09-20", "index": 1.8}, {"date": "2023-09-24", "index": 0}]
    assert day_counts(dates=sale) == [*plain[:2], 18_000, *plain[3:6], 0]


def test_the_first_orders_of_a_busier_date_are_those_of_the_plain_date() -> None:
    """Ids go by date and row, so a sale adds orders and changes none."""
    plain = generate_orders(demand(), WEEK, Streams(1))
    busy = generate_orders(demand(dates=[{"date": "2023-09-20", "index": 3.0}]), WEEK, Streams(1))
    rows = np.isin(busy.parcel_id, plain.parcel_id)
    for column in ("parcel_id", "tick", "market", "product"):
        assert np.array_equal(getattr(busy, column)[rows], getattr(plain, column))


def test_a_date_stands_once() -> None:
    with pytest.raises(ValueError, match="is listed twice"):
        demand(dates=[{"date": "2023-09-20", "index": 1.0}, {"date": "2023-09-20", "index": 2.0}])


def test_an_index_is_read_in_the_forms_of_spreadsheets(tmp_path: Path) -> None:
    file = tmp_path / "index.csv"
    file.write_text("Date,Index,note\n2023-11-24,1.8,sale\n11/25/2023,140%,\n26-Nov-23,0,\n")
    entries, notes = read_demand_index(file)
    assert entries == [
        {"date": "2023-11-24", "index": 1.8},
        {"date": "2023-11-25", "index": 1.4},
        {"date": "2023-11-26", "index": 0.0},
    ]
    assert notes == [f"{file}: dates in date were read month first, as line 3 (11/25/2023) shows."]
    file.write_text("date,index\n45254,1.8\n45256,0\n")  # days as Excel counts them
    assert [one["date"] for one in read_demand_index(file)[0]] == ["2023-11-24", "2023-11-26"]


def test_an_index_is_read_as_a_planner_keeps_it(tmp_path: Path) -> None:
    """Excel's semicolons and decimal commas, a title, an explanation, a total below."""
    file = tmp_path / "index.csv"
    text = (
        "sep=;\nPeak 2023;;\n DATE ;note;In dex\nwhich day;;times a mean day\n2023-11-24;sale;1,8\n"
        "2023-11-25;;140 %\n;;\nAverage;;1,6\n2 record(s) downloaded;;\n"
    )
    file.write_text(text, encoding="utf-16")
    entries, notes = read_demand_index(file)
    assert entries == [{"date": "2023-11-24", "index": 1.8}, {"date": "2023-11-25", "index": 1.4}]
    assert notes == [
        f"{file}: line 2 is a title.",
        f"{file}: line 4 is a second heading.",
        f"{file}: line 8 (and 1 more below) is a total or a footer, and left out.",
    ]
    book = openpyxl.Workbook()
    for row in (["Date", "Index"], [date(2023, 11, 24), 1.8], ["Total", "=SUM(B2:B2)"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "index.xlsx")
    assert read_demand_index(tmp_path / "index.xlsx")[0] == entries[:1]


def test_a_date_that_cannot_be_read_is_no_total(tmp_path: Path) -> None:
    file = tmp_path / "index.csv"
    file.write_text("date,index\n2023-11-24,1.8\n24.11.,1\n")
    assert faults(file) == [
        "3: date = '24.11.': is not a date (allowed: a date such as 2026-11-27 or 11/27/2026)"
    ]
    file.write_text("date,index\ntoday,1.8\ntomorrow,1\n")
    assert [fault.split(":")[0] for fault in faults(file)] == ["2", "3"]
    file.write_text("date,index\n2023-11-24,1,800\n")
    assert faults(file)[0].startswith("2: has more cells than the heading")


def test_every_fault_of_an_index_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "index.csv"
    file.write_text(
        "date,index\n2023-11-24,1.8\n24.11.,1\n2023-11-25,-1\n2023-11-26,\n11/24/2023,2\n"
    )
    assert faults(file) == [
        "3: date = '24.11.': is not a date (allowed: a date such as 2026-11-27 or 11/27/2026)",
        "4: index = '-1': is not an index (allowed: 0 to 100)",
        "5: index = '': is empty (allowed: 0 to 100)",
        "6: date = '11/24/2023': is a duplicate of line 2 (allowed: each date once)",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("day,index\n", "columns missing: date"),
        ("date,index\n", "there are no dates"),
        ("date,Date,index\n2023-09-18,2023-09-19,1\n", "duplicate columns: date"),
    ],
)
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "index.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=problem):
        read_demand_index(file)


def index_of(path: Path, *dates: str) -> Path:
    path.write_text("\n".join(["date,index", *(f"{one},3" for one in dates)]) + "\n")
    return path


def test_an_index_of_another_year_is_refused_and_one_with_some_days_is_told(tmp_path: Path) -> None:
    asked = {"days": 2, "warm_up_days": 0, "later_order_days": 1, "orders_per_day": 2_000}
    file = index_of(tmp_path / "index.csv", "2024-09-18", "2024-09-19")
    with pytest.raises(InputError) as caught:
        plan([sellers()], demand_index=file, **asked)
    assert str(caught.value) == (
        "sellers: orders.dates = 2024-09-18: none of the 2 dates of the demand index is a day of"
        " the run with orders (allowed: 2023-09-18 to 2023-09-20, warm-up and later days included)"
    )
    with pytest.raises(InputError, match=r"orders\.dates = 2024-09-18: none of the 2 dates"):
        simulate(plan([sellers()], **asked).scenarios[0].replace(
            orders={"dates": [{"date": f"2024-09-{day}", "index": 3} for day in (18, 19)]}
        ))  # fmt: skip
    file = index_of(tmp_path / "index.csv", "2023-09-18", "2023-09-21", "2024-09-19")
    assert plan([sellers()], demand_index=file, **asked).notes == (
        "Of the 3 dates of the demand index, 2 (2023-09-21 to 2024-09-19) did nothing: not in"
        " 2023-09-18 to 2023-09-20, warm-up and later days included.",
    )


def test_days_of_later_orders_that_nobody_is_followed_for_are_told() -> None:
    what = plan([sellers()], later_order_days=9, follow_days=4, orders_per_day=2_000)
    assert what.notes == (
        "Orders go on for 4 days after the measured ones, not 9 (later_order_days): parcels are"
        " followed no longer (follow_days).",
    )


def test_what_a_file_of_orders_brings_is_among_the_facts_of_its_comparison(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,ordered_at,market,product\n1,18/9/2023 9:00,606,toy\n")
    result = compare([sellers()], orders=file, days=2, warm_up_days=0, later_order_days=5,
                     orders_per_day=2_000, replications=1, workers=1)  # fmt: skip
    size, first, second = result.run["notes"]
    assert size.startswith(f"{file}: 1 parcel a day, and capacities for 2,000 (orders_per_day)")
    assert first.startswith(f"{file}: 1 parcel ordered on 2023-09-18; 1 of them")
    assert second.endswith("were read day first, as line 2 (18/9/2023 9:00) shows.")
    assert caveats_of(result)[:3] == result.run["notes"]


@pytest.mark.parametrize("order", ["mdy", ""])
def test_an_order_of_dates_that_there_is_not_is_refused(order: str) -> None:
    with pytest.raises(
        InputError, match=f"'{order}' is no order of dates .*month-first, day-first"
    ):
        plan([sellers()], orders="orders.csv", dates=order)


def test_an_order_of_dates_without_a_file_is_refused() -> None:
    with pytest.raises(InputError, match="--dates is for a file of orders or of a demand index"):
        plan([sellers()], dates="day-first")


# --- orders of the past --------------------------------------------------------------------------


def write_history(path: Path, days: int, a_day: int = 3) -> Path:
    dates = [date(2022, 3, 7) + timedelta(days=day) for day in range(days)]
    rows = [
        f"{day}-{n},{day.month}/{day.day}/{day.year} 2:05 PM,606,toy"
        for day in dates
        for n in range(a_day)
    ]
    path.write_text("\n".join(["order_id,ordered_at,market,product", *rows]) + "\n")
    return path


FIELDS = ("days.first_day", "days.warm_up_days", "days.days", "orders.orders_per_day")


def settings(
    file: Path, smallest: int = 5, *, is_history: bool = True, untold: bool = True, **given: Any
) -> tuple[dict[str, Any], list[str]]:
    """What a file sets of a scenario that says nothing of days and orders, or all."""
    scenario = sellers()
    if untold:
        data = scenario.model_dump(mode="json", exclude={"days": {"first_day"}})
        data["orders"] = {}
        scenario = Scenario.model_validate(data)
    overrides = {name.replace("__", "."): value for name, value in given.items()}
    rows = read_order_rows(file, scenario.orders.products, dates=DateOrder.MONTH_FIRST)
    return settings_of_orders(rows, scenario, overrides, smallest, is_history=is_history)


def test_a_history_sets_the_days_and_the_orders_a_day(tmp_path: Path) -> None:
    found, notes = settings(write_history(tmp_path / "orders.csv", 30, 7))
    assert found == dict(zip(FIELDS, (date(2022, 3, 17), 10, 20, 7), strict=True))
    assert [note.split(": ")[1] for note in notes] == [
        "the run has the days of the file. The first 10 days are the warm-up, with orders that are"
        " not counted (--warm-up-days)."
    ]
    short = settings(write_history(tmp_path / "orders.csv", 3, 7))
    assert short[0] == dict(zip(FIELDS, (date(2022, 3, 8), 1, 2, 7), strict=True))
    own = dict(zip(FIELDS[1:], (0, 2, 3), strict=True))
    five = write_history(tmp_path / "orders.csv", 5)
    given = {name.replace(".", "__"): value for name, value in own.items()}
    assert settings(five, **given) == ({"days.first_day": date(2022, 3, 7), **own}, [])


def test_a_file_smaller_than_the_smallest_sample_runs_at_its_scale(tmp_path: Path) -> None:
    file = write_history(tmp_path / "orders.csv", 3, 2)
    found, notes = settings(file, smallest=150)
    assert found["orders.orders_per_day"] == 150
    assert notes[:1] == [
        f"{file}: 2 parcels a day, fewer than the smallest sample: capacities are scaled to 150"
        " orders a day, so trucks and buildings run emptier than planned."
    ]
    # what somebody says stays: an option, or the 2,000 of the scenario's file
    for given in ({"orders__orders_per_day": 400}, {"untold": False}):
        found, notes = settings(file, smallest=150, **given)
        assert found.get("orders.orders_per_day") in (None, 400)
        assert [note.split("day, ")[1].split(" (")[0] for note in notes[:1]] == [
            f"and capacities for {found.get('orders.orders_per_day', 2_000):,}"
        ]


@pytest.mark.parametrize(("said", "kind"), [(8, ""), (7, ""), (5, "fuller"), (12, "emptier")])
def test_a_file_about_as_large_as_its_network_is_scaled_to_says_no_more(
    tmp_path: Path, said: int, kind: str
) -> None:
    file = write_history(tmp_path / "orders.csv", 4, 8)
    *notes, days = settings(file, orders__orders_per_day=said)[1]
    assert "2 days are the warm-up" in days
    assert [note.split("run ")[1] for note in notes] == [f"{kind} than planned."] * bool(kind)


def test_orders_of_another_year_set_the_days_unless_these_are_said(tmp_path: Path) -> None:
    file = write_history(tmp_path / "orders.csv", 4, 9)
    found, notes = settings(file, is_history=False)
    assert found == dict(zip(FIELDS, (date(2022, 3, 9), 2, 2, 9), strict=True))
    assert "has the days of the file. The first 2 days are the warm-up" in notes[0]
    asked = date(2022, 3, 8)
    assert settings(file, is_history=False, days__first_day=asked)[0] == {
        "days.first_day": asked, "orders.orders_per_day": 9,
    }  # fmt: skip
    within, partly = tmp_path / "within.csv", tmp_path / "partly.csv"
    within.write_text("order_id,ordered_at,market,product\n1,2023-09-18 9:00,606,toy\n")
    assert "days.first_day" not in settings(within, is_history=False)[0]
    partly.write_text(within.read_text() + "2,2024-09-18 9:00,606,toy\n")
    assert settings(partly, is_history=False)[0]["days.first_day"] == date(2023, 9, 28)


def test_a_history_runs_on_its_own_dates(tmp_path: Path) -> None:
    file = write_history(tmp_path / "orders.csv", 4, 5)
    asked = {"later_order_days": 6, "orders_per_day": 2_000}
    with pytest.raises(InputError, match="is March 7 or July 3: no row of the column tells which"):
        plan([sellers()], history=file, **asked)
    what = plan([sellers()], history=file, dates="month-first", **asked)
    (scenario,), orders = what.scenarios, what.orders
    assert orders is not None
    assert orders.path == file
    run = simulate(scenario, orders=file, dates="month-first")
    ordered = run.parcel_table(measured=False)["ordered_utc"]
    assert len(run) == 20
    assert ordered.min() == np.datetime64("2022-03-07T20:05")  # 14:05 in Chicago
    assert run.measured.sum() == 10


def test_a_history_has_the_same_days_with_offsets_and_without(tmp_path: Path) -> None:
    """Late in the evening in New York it is the next day in UTC."""
    head = "order_id,ordered_at,market,product\n"
    plain, offset = tmp_path / "plain.csv", tmp_path / "offset.csv"
    days = ("11", "12", "13")
    plain.write_text(head + "".join(f"{d},2023-09-{d} 23:30,100,toy\n" for d in days))
    offset.write_text(head + "".join(f"{d},2023-09-{d}T23:30:00-04:00,100,toy\n" for d in days))
    assert settings(plain)[0] == settings(offset)[0]
    assert settings(plain)[0]["days.days"] == 2


def test_an_index_of_eighty_is_told_to_be_eighty_times_a_day(tmp_path: Path) -> None:
    file = tmp_path / "index.csv"
    file.write_text("date,index\n2023-09-18,80\n")
    (note,) = read_demand_index(file)[1]
    assert "80 times an average day" in note
    file.write_text("date,index\n2023-09-18,1_0\n")
    assert faults(file) == ["2: index = '1_0': is not an index (allowed: 0 to 100)"]


def test_a_history_without_a_date_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,ordered_at,market,product\n1,13/40/2022 2:05 PM,606,toy\n")
    with pytest.raises(InputError) as caught:
        plan([sellers()], history=file)
    assert str(caught.value) == (
        f"{file}:2: ordered_at = 13/40/2022 2:05 PM: is not a date and time"
        " (allowed: 2023-09-18 14:05)"
    )


def test_a_history_with_offsets_begins_on_the_customers_date(tmp_path: Path) -> None:
    """02:00 UTC on the 18th is the evening of the 17th in Los Angeles."""
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,ordered_at,market,product\n1,2023-09-18T02:00:00Z,900,toy\n"
        "2,2023-09-20T20:00:00Z,900,toy\n"
    )
    what = plan([sellers()], history=file, orders_per_day=2_000, later_order_days=5)
    (scenario,) = what.scenarios
    assert (scenario.days.first_day, scenario.days.warm_up_days) == (date(2023, 9, 19), 2)
    run = simulate(scenario, orders=file)
    assert sorted(run.parcel_table(measured=False)["order_date"].dt.day) == [17, 20]
