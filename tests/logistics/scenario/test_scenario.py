"""The typed scenario: its defaults and their sources, its rules, and every fault at once."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter

import logistics
from logistics.scenario.demand import HOURS, PRODUCTS, Demand
from logistics.scenario.fields import changed as overridden
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import BusinessDays, PathTimetable, Scenario
from networks.inputs.faults import InputError
from networks.inputs.models import models_within
from networks.inputs.provenance import Provenance, provenance
from networks.inputs.yaml_reader import read_yaml_text

NEXT_DAY = """\
name: next day
as_of: 2023-10-01
network: {kind: fulfillment-center}
promise: {rule: timetable}
"""
SELLERS = """\
name: sellers
as_of: 2023-10-01
network: {kind: seller-direct}
promise: {rule: business days, days: 8}
"""
WAREHOUSES = SELLERS.replace("seller-direct", "platform-fulfilled")


def read(*parts: str) -> Scenario:
    return read_yaml_text("".join(parts), Scenario, "s.yaml")


def faults(*parts: str) -> list[str]:
    """The lines of the error with which a scenario is refused."""
    with pytest.raises(InputError) as caught:
        read(*parts)
    return str(caught.value).splitlines()


# Built-in scenarios ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", builtin_scenarios())
def test_built_in_scenarios_describe_the_briefs_year(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.as_of.year == scenario.days.first_day.year == 2023
    assert scenario.days.first_day.strftime("%A") == "Monday"
    assert scenario == Scenario.model_validate(scenario.model_dump(mode="json")), "reads back"


def test_the_built_in_scenarios_differ_in_network_and_promise_alone() -> None:
    """Paired comparisons need the same demand, days, risks and seed everywhere."""
    shared = {"orders", "days", "risks", "runs", "as_of", "closures"}
    one, *others = (load_scenario(name).model_dump(include=shared) for name in builtin_scenarios())
    assert all(other == one for other in others)
    kinds = [load_scenario(name).network.kind for name in builtin_scenarios()]
    assert kinds == ["fulfillment-center", "platform-fulfilled", "seller-direct"]


def test_the_demand_has_the_briefs_two_products_and_shares_that_add_up() -> None:
    products = {product.name: product for product in Demand().products}
    assert products["detangling hairbrush"].movement == "fast"
    assert products["vinyl album"].fragility > products["detangling hairbrush"].fragility
    assert sum(product["share"] for product in PRODUCTS) == pytest.approx(1)
    assert len(HOURS) == 24
    assert sum(HOURS) == pytest.approx(1)
    shape = Demand().shape()
    assert sum(shape.movement.values()) == pytest.approx(1)
    assert sum(shape.weekday) == pytest.approx(7)
    assert shape.busiest_hour == pytest.approx(max(HOURS))


def test_public_names_lead_to_the_same_functions() -> None:
    assert logistics.load_scenario("amazon-fulfillment") == load_scenario("amazon-fulfillment")
    assert logistics.Scenario is Scenario


# Where the figures come from ---------------------------------------------------------------------

NAMED_BY_THE_PLANNER = {"name", "label", "title", "as_of", "closures[].place", "closures[].start",
                        "closures[].end", "network[own].path", "orders.markets",
                        "orders.dates[].date", "orders.dates[].index"}  # fmt: skip
"""What no default stands for."""


def needs_a_source(row: Provenance) -> bool:
    """Tell whether a field has a default that a reader may doubt: no name, product or promise."""
    kind = row.path.rsplit(".", 1)[-1] in ("kind", "rule")
    stated = row.path.startswith(("orders.products[].", "promise[business days]."))
    return not (kind or stated or row.path in NAMED_BY_THE_PLANNER)


def test_every_default_has_a_source_or_an_assumed_range() -> None:
    rows = list(provenance(Scenario))
    assert len(rows) > 120
    bare = [row.path for row in rows if needs_a_source(row) and not (row.source or row.assumed)]
    assert not bare


@pytest.mark.parametrize(
    "row", [r for r in provenance(Scenario) if r.assumed], ids=lambda r: r.path
)
def test_an_assumed_range_is_read_like_the_value_and_holds_the_default(row: Provenance) -> None:
    assert row.assumed is not None
    low, high = (_value(row.path, end) for end in row.assumed)
    default = _value(row.path, row.default)
    if not isinstance(default, str | list) and row.path != "orders.hours":
        assert low <= default <= high


def _value(path: str, written: Any) -> Any:
    """Read a value as the field at a path does; words about a range stay words."""
    model: Any = Scenario
    for part in path.split("."):
        name, _, kind = part.replace("[]", "").partition("[")
        field = model.model_fields[name]
        annotation = field.annotation
        if kind:
            model = next(
                m for m, _ in models_within(annotation)
                if kind.rstrip("]") in [f.default for f in m.model_fields.values()]
            )  # fmt: skip
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    if path in ("orders.hours", "orders.products"):
        return written
    kind_of_value: Any = Annotated[(annotation, *field.metadata)] if field.metadata else annotation
    return TypeAdapter(kind_of_value).validate_python(written)


# Faults ------------------------------------------------------------------------------------------


def test_a_short_scenario_takes_every_default() -> None:
    scenario = read(NEXT_DAY)
    assert scenario.orders == Demand()
    assert scenario.promise == PathTimetable()
    assert scenario.closures == []
    assert read(SELLERS).promise == BusinessDays(days=8)


def test_every_fault_at_once_with_line_field_value_and_remedy() -> None:
    text = NEXT_DAY.replace("next day", "'../x'").replace("2023-10-01", "yesterday")
    assert faults(
        text,
        "orders: {orders_per_day: -5, hours: [1, 2]}\n",
        "risks:\n  failed_attempt: 120%\n  touches: {conveyor: often}\n",
        "days:\n  tick: 10\n  first_day: 2023-02-30\n",
        "runs: {seed: -1, replications: 0}\n",
        "netwrok: 1\n",
    ) == [
        "s.yaml:1: name = '../x': must match pattern '^[A-Za-z0-9][A-Za-z0-9 ._-]*$'",
        "s.yaml:2: as_of = 'yesterday': must be a date such as 2024-10-23 "
        "(allowed: year-month-day)",
        "s.yaml:5: orders.orders_per_day = -5: must be at least 1 (allowed: 1 to 200,000,000)",
        "s.yaml:5: orders.hours = [1, 2]: must have at least 24, not 2",
        "s.yaml:7: risks.failed_attempt = '120%': a share must lie between 0 and 1 "
        "(allowed: 0 to 1, or '0%' to '100%'; here less than 1)",
        "s.yaml:8: risks.touches.conveyor = 'often': must be a share such as 0.05 or '5%' "
        "(allowed: 0 to 1, or '0%' to '100%'; here less than 0.5)",
        "s.yaml:10: days.tick = 10: a duration needs a unit, such as '3 days' or '2h30m' "
        "(allowed: a duration such as '3 days' or '2h30m')",
        "s.yaml:11: days.first_day = '2023-02-30': is not a valid date "
        "(allowed: a day of the calendar such as 2024-10-23)",
        "s.yaml:12: runs.replications = 0: must be at least 1 (allowed: 1 to 100,000)",
        "s.yaml:12: runs.seed = -1: must be at least 0 (allowed: 0 to 9,223,372,036,854,775,807)",
        "s.yaml:13: netwrok = 1: is not a known field; did you mean 'network'? (allowed: name, "
        "label, title, as_of, network, orders, promise, risks, days, closures, runs)",
    ]


def test_rules_between_fields_are_all_checked_and_point_at_a_field() -> None:
    assert faults(
        NEXT_DAY,
        "orders:\n  orders_per_day: 500\n",
        "risks:\n  touches: {conveyor: 40%, road: 10%}\n",
        "days:\n  tick: 1 s\n",
    ) == [
        "s.yaml:3: network.sort_work: work must last at least ten ticks (allowed: 10 s or more)",
        "s.yaml:6: orders.orders_per_day = 500: is below a thousandth of the 13,200,000 parcels a "
        "day for which 'amazon' is built (allowed: 13,200 or more)",
        "s.yaml:8: risks.touches.conveyor = '40%': the most fragile product in the worst packaging "
        "would break with chance 7 (allowed: a chance that stays below 1)",
        "s.yaml:8: risks.touches.road = '10%': the most fragile product in the worst packaging "
        "would break with chance 1.75 (allowed: a chance that stays below 1)",
    ]


GOODS = """\
orders:
  products:
  - {name: a, share: 0.5, weight: 1 kg, price: 1.0, fragility: 1.0, movement: fast}
  - {name: b, share: 0.4, weight: 1 kg, price: 1.0, fragility: 1.0, movement: slow}
  - {name: a, share: 0.2, weight: 1 kg, price: 1.0, fragility: 1.0, movement: fast}
"""


def test_rules_of_the_demand() -> None:
    nights = ", ".join(["0"] * 24)
    assert faults(NEXT_DAY, GOODS, "  weekday: [0, 0, 0, 0, 0, 0, 0]\n",
                  f"  hours: [{nights}]\n") == [
        "s.yaml:6: orders.products: the shares of the products sum to 1.1 (allowed: a sum of 1)",
        "s.yaml:9: orders.products[2].name = 'a': is the name of two products",
        "s.yaml:10: orders.weekday: weights must not all be zero (allowed: more above 0)",
        "s.yaml:11: orders.hours: weights must not all be zero (allowed: more above 0)",
    ]  # fmt: skip
    assert faults(NEXT_DAY, "orders: {weekday: [-1, 1, 1, 1, 1, 1, 1e308]}\n") == [
        "s.yaml:5: orders.weekday[0] = -1: must be at least 0",
        "s.yaml:5: orders.weekday[6] = 1e308: must be at most 1,000",
    ]
    assert faults(NEXT_DAY, "orders: {weekday: [1, 1, 1, 1, 1, 1, .nan]}\n") == [
        "s.yaml:5: orders.weekday[6] = .nan: must be a finite number"
    ]


@pytest.mark.parametrize(("text", "owner", "smallest"), [
    (NEXT_DAY, "amazon", 13_200), (SELLERS, "carrier", 15_000), (WAREHOUSES, "carrier", 15_000),
])  # fmt: skip
def test_the_smallest_sample_is_a_thousandth_of_every_design_volume(
    text: str, owner: str, smallest: int
) -> None:
    read(text, f"orders: {{orders_per_day: {smallest}}}\n")
    (line,) = faults(text, f"orders: {{orders_per_day: {smallest - 1}}}\n")
    assert f"for which '{owner}' is built (allowed: {smallest:,} or more)" in line


def test_every_owner_that_is_too_large_for_the_sample_is_named() -> None:
    text = WAREHOUSES.replace("platform-fulfilled", "platform-fulfilled, design_volume: 20000000")
    (line,) = faults(text, "orders: {orders_per_day: 900}\n")
    assert "'carrier'" in line
    assert "'platform'" in line


def test_a_run_must_fit_in_memory() -> None:
    (line,) = faults(NEXT_DAY, "orders: {orders_per_day: 200000000}\ndays: {days: 200}\n")
    assert line.startswith("s.yaml:5: orders.orders_per_day = 200000000: makes 4")


@pytest.mark.parametrize(("tick", "problem"), [
    ("7 ms", "must be whole milliseconds that divide a minute"),
    ("0.5 ms", "a duration must be greater than 0 here"),
    ("0 s", "a duration must be greater than 0 here"),
    ("2 min", "must be whole milliseconds that divide a minute"),
])  # fmt: skip
def test_ticks_divide_a_minute(tick: str, problem: str) -> None:
    (line,) = faults(NEXT_DAY, f"days: {{tick: {tick}}}\n")
    assert line.startswith(f"s.yaml:5: days.tick = '{tick}': {problem}")


@pytest.mark.parametrize("tick", ["1 ms", "10 ms", "125 ms", "0.6 s"])
def test_ticks_down_to_a_millisecond(tick: str) -> None:
    assert 60_000 % read(NEXT_DAY, f"days: {{tick: {tick}}}\n").days.tick_ms == 0


@pytest.mark.parametrize(("tick", "days", "least"), [
    ("1 ms", 39, None), ("1 ms", 40, "2 ms"), ("10 ms", 487, None), ("10 ms", 488, "12 ms"),
    ("50 ms", 3660, "75 ms"), ("75 ms", 3660, None),
])  # fmt: skip
def test_a_long_run_needs_long_ticks(tick: str, days: int, least: str | None) -> None:
    """A tick and a parcel share 63 bits, so there are at most 2**32 ticks."""
    none = "warm_up_days: 0, follow_days: 0, later_order_days: 0"
    text = f"days: {{tick: {tick}, days: {days}, {none}}}\n"
    if least is None:
        scenario = read(NEXT_DAY, text)
        assert (days + 10) * 86_400_000 / scenario.days.tick_ms < 2**32
    else:
        assert faults(NEXT_DAY, text) == [
            f"s.yaml:5: days.tick = '{tick}': is too short for {days:,} days "
            f"(allowed: {least} or more)"
        ]


def test_work_shorter_than_ten_ticks_is_refused_wherever_it_is() -> None:
    lines = faults(WAREHOUSES, "days: {tick: 1 s}\n")
    assert lines == [
        "s.yaml:3: network.carrier.hub_work: work must last at least ten ticks "
        "(allowed: 10 s or more)",
    ]
    read(NEXT_DAY.replace("fulfillment-center", "fulfillment-center, sort_work: 10 s"),
         "days: {tick: 1 s}\n")  # fmt: skip


def test_a_failed_attempt_may_be_likely_but_not_certain() -> None:
    assert read(NEXT_DAY, "risks: {failed_attempt: 99%}\n").risks.failed_attempt == 0.99
    (line,) = faults(NEXT_DAY, "risks: {failed_attempt: 100%}\n")
    assert "must be less than 1" in line


def test_closures_are_local_and_end_after_they_start() -> None:
    text = "closures:\n- {place: FC001, start: 2023-09-18 10:00, end: 2023-09-18 12:00}\n"
    (closure,) = read(NEXT_DAY, text).closures
    assert (closure.start, closure.end) == (datetime(2023, 9, 18, 10), datetime(2023, 9, 18, 12))
    moment = "(allowed: a date and a time such as 2024-10-23 14:00, local, in whole minutes"
    assert faults(
        NEXT_DAY, text,
        "- {place: FC001, start: 2023-09-18 10:00, end: 2023-09-18 10:00}\n",
        "- {place: FC001, start: 2023-09-18 10:00, end: 2023-09-19T10:00Z}\n",
        "- {place: '', start: 2023-09-18 10:00}\n",
    ) == [
        "s.yaml:7: closures[1].end = '2023-09-18 10:00': a closure must end after its start "
        "(allowed: after 2023-09-18 10:00:00)",
        "s.yaml:8: closures[2].end = '2023-09-19T10:00Z': must be a local time, without a time "
        f"zone {moment})",
        "s.yaml:9: closures[3].place = '': must have at least 1 character",
        "s.yaml:9: closures[3].end: is missing (allowed: a date and a time such as 2024-10-23 "
        "14:00)",
    ]  # fmt: skip


@pytest.mark.parametrize(("start", "problem"), [
    ("2023-09-18 10:00:30", "must be in whole minutes"),
    ("2023-09-18", "must be a date and a time"),
    ("1695100000", "must be a date and a time"),
    ("2023-09-31 10:00", "is not a time of the calendar"),
])  # fmt: skip
def test_closures_are_written_to_the_minute(start: str, problem: str) -> None:
    (line,) = faults(
        NEXT_DAY, f"closures:\n- {{place: FC001, start: {start}, end: 2023-09-30 12:00}}\n"
    )
    assert line.startswith("s.yaml:6: closures[0].start = ")
    assert problem in line


def test_closures_outside_the_days_of_the_run_are_told() -> None:
    days = "days: {first_day: 2023-09-18, warm_up_days: 2, days: 1, later_order_days: 3}\n"
    closures = [
        ("2023-09-15 10:00", "2023-09-16 00:00"), ("2023-09-15 10:00", "2023-09-16 00:01"),
        ("2023-09-21 23:59", "2023-09-30 00:00"), ("2023-09-22 00:00", "2023-09-30 00:00"),
    ]  # fmt: skip
    rows = [f"- {{place: FC001, start: {start}, end: {end}}}\n" for start, end in closures]
    during = "(allowed: 2023-09-16 to 2023-09-21, warm-up and later days included)"
    outside = f"the closure of FC001 lies outside the days of the run {during}"
    assert [str(fault) for fault in read(NEXT_DAY, days, "closures:\n", *rows).idle()] == [
        f"next day: closures[0].end = 2023-09-16 00:00: {outside}",
        f"next day: closures[3].start = 2023-09-22 00:00: {outside}",
    ]


def test_sellers_promise_business_days() -> None:
    text = SELLERS.replace("business days, days: 8", "timetable")
    assert faults(text) == [
        "s.yaml:4: promise.rule = 'timetable': sellers' own pace is in no timetable "
        "(allowed: rule: business days)"
    ]
    read(WAREHOUSES.replace("business days, days: 8", "timetable"))
    assert faults(SELLERS.replace(", days: 8", "")) == [
        "s.yaml:4: promise.days: is missing (allowed: 0 to 60)"
    ]


@pytest.mark.parametrize(("more", "line"), [
    ("sellers: {packaging: {excellent: 0.5, good: 0.5, fair: 0.5}}",
     "s.yaml:3: network.sellers.packaging.excellent = 0.5: the shares sum to 1.5 "
     "(allowed: a sum of 1 or less)"),
    ("sellers: {cutoffs: ['12:30']}",
     "s.yaml:3: network.sellers.cutoffs: must be a whole hour (allowed: a time such as '14:00')"),
    ("carrier: {pickup_days: Tue Thu}",
     "s.yaml:3: network.carrier.pickup_days = 'Tue Thu': would never collect from sellers who hand "
     "over on three days a week (allowed: days with one of Mon Wed Fri among them)"),
])  # fmt: skip
def test_rules_of_the_sellers(more: str, line: str) -> None:
    assert faults(SELLERS.replace("seller-direct", f"seller-direct, {more}")) == [line]


@pytest.mark.parametrize(("network", "problem"), [
    ("{kind: pigeon-post}", "network.kind = 'pigeon-post': is not one of the choices"),
    ("{}", "network.kind: is missing"),
    ("{kind: seller-direct, fulfillment_centers: 3}",
     "network.fulfillment_centers = 3: is not a known field"),
])  # fmt: skip
def test_a_network_is_one_of_three_kinds(network: str, problem: str) -> None:
    (line,) = faults(NEXT_DAY.replace("{kind: fulfillment-center}", network))
    assert line.startswith(f"s.yaml:3: {problem}")


# Changes -----------------------------------------------------------------------------------------


def test_replace_changes_some_fields_and_leaves_none_alone() -> None:
    scenario = read(NEXT_DAY)
    other = scenario.replace(days={"days": 3, "later_order_days": None}, runs={"seed": 5})
    assert (other.days.days, other.runs.seed) == (3, 5)
    assert other.days.later_order_days == scenario.days.later_order_days
    assert scenario.days.days != 3, "the scenario itself is never changed"
    assert scenario.replace() == scenario == scenario.replace(days={"days": None})


def test_replace_checks_the_result() -> None:
    scenario = read(NEXT_DAY)
    with pytest.raises(InputError) as caught:
        scenario.replace(days={"days": 0}, runs={"seed": -3, "sede": 1})
    assert [fault.field for fault in caught.value.faults] == ["days.days", "runs.seed", "runs.sede"]
    with pytest.raises(InputError, match="is below a thousandth"):
        scenario.replace(orders={"orders_per_day": 10})


def test_a_scenario_cannot_be_written_into() -> None:
    scenario = read(NEXT_DAY)
    with pytest.raises(ValueError, match="frozen"):
        scenario.name = "other"
    with pytest.raises(ValueError, match="frozen"):
        scenario.days.days = 3


def test_as_of_is_a_date_that_must_be_given() -> None:
    assert read(NEXT_DAY).as_of == date(2023, 10, 1)
    assert faults(NEXT_DAY.replace("as_of: 2023-10-01\n", "")) == [
        "s.yaml:1: as_of: is missing (allowed: a date such as 2024-10-23)"
    ]


def test_a_scenario_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(NEXT_DAY)
    assert load_scenario(path) == load_scenario(str(path)) == read(NEXT_DAY)
    with pytest.raises(InputError, match="there is no such file and no such built-in scenario"):
        load_scenario("amazon-fulfilment")
    with pytest.raises(InputError, match="there is no such file"):
        load_scenario(tmp_path / "none.yaml")


def test_options_of_simulate_make_no_round_trip_through_json(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario = load_scenario("tiktok-platform-fulfilled")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the scenario is written or read again")

    for name in ("model_dump", "model_dump_json", "model_validate_json"):
        monkeypatch.setattr(Scenario, name, refuse)
    monkeypatch.setattr("logistics.scenario.scenario.read_data", refuse)
    changed = overridden(
        scenario, {"days.days": 3, "orders.orders_per_day": 20_000, "runs.seed": 7}
    )
    assert (changed.days.days, changed.orders.orders_per_day, changed.runs.seed) == (3, 20_000, 7)
    assert changed.network is scenario.network
    assert changed.days.first_day == scenario.days.first_day
    assert overridden(scenario, {}) is scenario
