"""What-ifs: what they change, how they compose, and that the built-in ones do what they say."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from logistics.analysis.measures.network import measure
from logistics.cli import app
from logistics.experiments.plan import plan
from logistics.running import simulate
from logistics.scenario.load import load_scenario
from logistics.scenario.what_ifs import (
    WhatIf,
    applied,
    apply,
    builtin_what_ifs,
    compose,
    load_what_if,
    read_what_ifs,
    what_if_text,
)
from networks.inputs.faults import InputError
from networks.inputs.yaml_reader import read_yaml_text

AMAZON, PLATFORM, SELLERS = (
    "amazon-fulfillment", "tiktok-platform-fulfilled", "tiktok-seller-direct",
)  # fmt: skip
SMALL = {
    "replications": 1, "days": 3, "warm_up_days": 3, "later_order_days": 10,
    "orders_per_day": 15_000,
}  # fmt: skip


def what_if(name="mine", **changes):
    return WhatIf(name=name, title=f"{name} happens", **changes)


def refusals(text):
    with pytest.raises(InputError) as caught:
        read_what_ifs(text)
    return [str(fault) for fault in caught.value.faults]


def test_fields_are_set_multiplied_and_added_to() -> None:
    before = load_scenario(SELLERS)
    after = apply(before, what_if(
        set={"network.sellers.seed": 5},
        times={"network.sellers.handling": 0.5, "orders.orders_per_day": 1.5,
               "risks.failed_attempt": 2},
        add={"closures": [{"place": "HUB02", "start": "day 2 06:00", "end": "2023-09-21 00:00"}]},
    ))  # fmt: skip
    assert after.network.sellers.seed == 5
    assert after.network.sellers.handling == before.network.sellers.handling / 2
    assert after.orders.orders_per_day == 90_000
    assert after.risks.failed_attempt == 0.1
    assert str(after.closures[0].start) == "2023-09-19 06:00:00"
    assert (after.name, after.title) == (before.name, f"{before.title}; mine happens")


@pytest.mark.parametrize(("start", "means"), [
    ("day 2", "2023-09-19 00:00:00"), ("day 1", "2023-09-18 00:00:00"),
    ("day 0 13:30", "2023-09-17 13:30:00"),
])  # fmt: skip
def test_a_day_without_an_hour_is_its_midnight(start, means) -> None:
    closed = {"place": "HUB02", "start": start, "end": "day 3"}
    after = apply(load_scenario(SELLERS), what_if(add={"closures": [closed]}))
    assert str(after.closures[0].start) == means
    assert str(after.closures[0].end) == "2023-09-20 00:00:00"


def test_a_day_is_a_date_where_only_a_date_is_asked_for() -> None:
    sale = what_if(add={"orders.dates": [{"date": "day 2", "index": 2.0}]})
    assert str(apply(load_scenario(SELLERS), sale).orders.dates[0].date) == "2023-09-19"


@pytest.mark.parametrize("change", [
    {"times": {"network.sellers.handling": 1.0}}, {"set": {"risks.failed_attempt": "5%"}},
    {"set": {"network.sellers.holidays": "business"}}, {"add": {"closures": []}},
])  # fmt: skip
def test_a_what_if_that_leaves_every_value_as_it_is_is_refused(change) -> None:
    with pytest.raises(InputError) as error:
        applied([load_scenario(SELLERS)], what_if(**change))
    assert str(error.value) == (
        "mine: changes nothing in tiktok-seller-direct (allowed: values that differ from the"
        " scenario's)"
    )


def test_a_field_that_a_network_lacks_changes_nothing_there() -> None:
    amazon = load_scenario(AMAZON)
    assert apply(amazon, load_what_if("late-cutoff")) is amazon


def test_networks_of_a_kind_have_changes_of_their_own() -> None:
    one = what_if(networks={"seller-direct": {"set": {"risks.failed_attempt": "9%"}}})
    assert apply(load_scenario(SELLERS), one).risks.failed_attempt == 0.09
    assert apply(load_scenario(AMAZON), one).risks.failed_attempt == 0.05


def test_what_ifs_compose_in_any_order() -> None:
    scenario = load_scenario(SELLERS)
    one, other = (
        apply(scenario, read_what_ifs(text))
        for text in ("peak-season + hub-closed + fast-sellers",
                     "fast-sellers + hub-closed+peak-season")
    )  # fmt: skip
    assert one == other
    assert str(one.closures[0].start) == "2023-11-28 00:00:00"  # a day of the peak season
    assert one.network.sellers.handling.total_seconds() == 7.5 * 3600


def test_factors_of_two_what_ifs_multiply() -> None:
    both = compose([what_if("a", times={"network.load": 0.5}),
                    what_if("b", times={"network.load": 0.4})])  # fmt: skip
    assert apply(load_scenario(AMAZON), both).network.load == pytest.approx(0.16)


def test_two_that_set_a_field_differently_are_refused_by_name() -> None:
    assert refusals("carrier-no-weekend + carrier-every-day") == [
        "carrier-every-day + carrier-no-weekend: network.carrier.linehaul_days: carrier-every-day"
        " sets daily, carrier-no-weekend Mon-Fri",
        "carrier-every-day + carrier-no-weekend: network.carrier.delivery_days: carrier-every-day"
        " sets daily, carrier-no-weekend Mon-Fri",
    ]


def test_two_that_set_a_field_alike_go_together() -> None:
    both = compose(
        [what_if("a", set={"network.load": 0.5}), what_if("b", set={"network.load": 0.5})]
    )
    assert both.set == {"network.load": 0.5}


def test_none_is_no_change() -> None:
    assert read_what_ifs("") is None
    assert read_what_ifs("none") is None
    assert read_what_ifs("none + late-cutoff") == load_what_if("late-cutoff")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hub-closed + hub-closed", "is listed twice"),
        ("peak-seson", "did you mean 'peak-season'?"),
        ("peak-season +", "is no what-if"),
        ("nowhere.yaml", "there is no such file"),
    ],
)
def test_what_is_no_what_if_is_refused(text, problem) -> None:
    assert problem in refusals(text)[0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "set:\n  network.cutof: 5",
            "mine.yaml:4: set.network.cutof = 5: is no field of a scenario",
        ),
        (
            "times:\n  network.load: 0",
            "mine.yaml:4: times.network.load = 0: must be greater than 0",
        ),
        ("set:\n  runs.seed: 5", "mine.yaml:4: set.runs.seed = 5: is no field of a scenario"),
        ("networks:\n  trains: {}", "mine.yaml:4: networks.trains"),
        ("add:\n  closures: HUB02", "mine.yaml:4: add.closures = 'HUB02': must be a list"),
    ],
)
def test_every_fault_of_a_file_stands_on_its_line(text, fault) -> None:
    with pytest.raises(InputError) as caught:
        read_yaml_text(f"name: mine\ntitle: mine\n{text}\n", WhatIf, "mine.yaml")
    assert str(caught.value).startswith(fault)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"times": {"network.load": 3}}, "network.load = 2.4"),
        (
            {"times": {"network.region_first": 2}},
            "network.region_first = true: cannot be multiplied",
        ),
        ({"times": {"network.wave": 2}}, "network.wave = 10:00: cannot be multiplied"),
        ({"add": {"network.load": [1]}}, "network.load: is no list"),
        ({"add": {"closures": [{"place": "SC004"}]}}, "closures[0].start: is missing"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(changes, problem) -> None:
    with pytest.raises(InputError) as caught:
        apply(load_scenario(AMAZON), what_if(**changes))
    assert problem in str(caught.value)


# The built-in ones -------------------------------------------------------------------------------


@cache
def figures(base, names=""):
    (scenario,) = plan([base], **SMALL, what_if=names).scenarios
    return measure(simulate(scenario).outcomes()).values


DAYS, P95, ON_TIME, DAMAGE, LOSS = (
    "delivery_days.mean", "delivery_days.p95", "on_time_rate", "damage_rate", "loss_rate",
)  # fmt: skip
EXPECTED = {
    "better-packaging": (SELLERS, {DAMAGE: -1, DAYS: 0}),
    "carrier-every-day": (SELLERS, {DAYS: -1}),
    "carrier-no-weekend": (PLATFORM, {DAYS: 1, P95: 1, ON_TIME: -1}),
    "fast-sellers": (SELLERS, {DAYS: -1, P95: -1, ON_TIME: 1}),
    "hub-closed": (AMAZON, {DAYS: 1, P95: 1, ON_TIME: -1, DAMAGE: 0}),
    "late-cutoff": (PLATFORM, {DAYS: -1, ON_TIME: 1}),
    "parcel-lockers": (PLATFORM, {DAYS: -1, DAMAGE: -1, LOSS: -1, ON_TIME: 1}),
    "peak-season": (PLATFORM, {DAYS: 1, P95: 1, ON_TIME: -1}),
    "viral-products": (SELLERS, {P95: 1, ON_TIME: -1}),
    "winter-storm": (AMAZON, {DAYS: 1, P95: 1, ON_TIME: -1}),
}
"""Of each what-if a network, and whether its figures should fall, stay or rise."""


def test_every_built_in_one_has_an_expectation() -> None:
    assert builtin_what_ifs() == tuple(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_built_in_one_moves_the_figures_the_way_it_should(name: str) -> None:
    base, expected = EXPECTED[name]
    before, after = figures(base), figures(base, name)
    for figure, sign in expected.items():
        moved = float(after[figure] - before[figure])
        assert (moved > 1e-6) - (moved < -1e-6) == sign, f"{figure}: {moved}"


@pytest.mark.parametrize("name", builtin_what_ifs())
def test_a_built_in_one_says_why(name: str) -> None:
    one = load_what_if(name)
    assert one.name == name
    assert "ssumed" in one.about


@pytest.mark.slow
@pytest.mark.parametrize("base", [AMAZON, PLATFORM, SELLERS])
def test_peak_season_with_a_hub_closed_is_worse_than_either(base: str) -> None:
    both = figures(base, "peak-season + hub-closed")[DAYS]
    assert both > figures(base, "peak-season")[DAYS] > figures(base)[DAYS]


# At the command line -----------------------------------------------------------------------------


def invoke(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_command_line_lists_and_shows_them(tmp_path: Path) -> None:
    listed = invoke("what-ifs", "list").output
    assert "late-cutoff         orders until 20:00 are worked the same day" in listed
    copy = tmp_path / "mine.yaml"
    copy.write_text(invoke("what-ifs", "show", "hub-closed").output)
    assert load_what_if(copy) == load_what_if("hub-closed")
    composed = invoke("what-ifs", "show", "hub-closed + late-cutoff").output
    assert read_yaml_text(composed, WhatIf, "x") == read_what_ifs("hub-closed + late-cutoff")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--what-if", "hub-closd"], "did you mean 'hub-closed'?"),
        (["--what-if", "better-packaging"], "changes nothing in amazon-fulfillment"),
    ],
)
def test_the_command_line_refuses_what_changes_nothing(options, problem) -> None:
    for command in ("run", "trace"):
        result = invoke(command, AMAZON, *options)
        assert result.exit_code == 2
        assert problem in result.output


def test_orders_of_a_file_cannot_be_changed_by_a_what_if(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,ordered_at,market,product\n1,2023-09-18 9:00,606,toy\n")
    result = invoke("run", AMAZON, "--orders", file, "--what-if", "peak-season")
    assert result.exit_code == 2
    assert "orders.dates: changes the orders, which are read from a file" in result.output


def test_a_comparison_with_a_what_if_says_so(tmp_path: Path) -> None:
    output = tmp_path / "storm"
    options = ["--orders-per-day", 15_000, "--days", 1, "--warm-up-days", 1,
               "--later-order-days", 4, "--replications", 1, "--no-report", "--no-keep-parcels",
               "--workers", 1]  # fmt: skip
    result = invoke("run", PLATFORM, "--what-if", "late-cutoff", "-o", output, *options)
    assert result.exit_code == 0, result.output
    summary = (output / "summary.json").read_text()
    assert "TikTok's own warehouses; orders until 20:00 are worked the same day" in summary


def test_what_ifs_may_be_cut_short_and_joined_by_a_comma() -> None:
    both = read_what_ifs("hub, peak")
    assert both
    assert both.name == "hub-closed + peak-season"
    assert both == read_what_ifs("peak-season + hub-closed")
    assert what_if_text("viral") == what_if_text("viral-products")
    with pytest.raises(InputError, match="may be carrier-every-day or carrier-no-weekend"):
        read_what_ifs("carrier")
