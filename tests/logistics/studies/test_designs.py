"""Points of studies: which settings are run, and the scenarios that they make."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from logistics.scenario.load import builtin_scenarios
from logistics.studies.points import points_of
from logistics.studies.resolve import resolve
from logistics.studies.study import Study
from networks.inputs.faults import InputError

PLATFORM, SELLERS = "tiktok-platform-fulfilled", "tiktok-seller-direct"
CUTOFF = {"low": "12:00", "high": "20:00", "steps": 3}


def points(**study):
    return points_of(Study(**{"base": PLATFORM, **study}))


def settings(**study):
    return [dict(point.settings) for point in points(**study)]


def refusals(**study):
    with pytest.raises(InputError) as caught:
        points(**study)
    return [str(fault) for fault in caught.value.faults]


def test_the_shortest_study_is_one_point_as_it_stands() -> None:
    (point,) = points(replications=6)
    assert (point.name, point.label, point.settings, point.places) == (
        "p000",
        "as it stands",
        {},
        {},
    )
    assert point.plan.names == (PLATFORM,)
    assert point.plan.replications == 6


def test_a_grid_is_every_combination_the_first_values_first() -> None:
    found = points(factors={"network.cutoff": CUTOFF, "network.trailer": [1000, 1500]})
    assert [point.name for point in found] == ["p000", "p001", "p002", "p003", "p004", "p005"]
    assert found[0].label == "network.cutoff 12:00, network.trailer 1000"
    assert found[0].settings == {"network.cutoff": "12:00", "network.trailer": "1000"}
    assert found[3].places == {"network.cutoff": 0.5, "network.trailer": 1.0}
    networks = [point.plan.scenarios[0].network for point in found]
    assert [(one.cutoff, one.trailer) for one in networks[1:3]] == [
        ("12:00", 1500),
        ("16:00", 1000),
    ]


def test_one_at_a_time_is_the_base_and_the_ends_of_each() -> None:
    factors = {"network.cutoff": CUTOFF, "network.working_days": ["Mon-Fri", "daily"]}
    assert settings(factors=factors, design="one at a time") == [
        {},
        {"network.cutoff": "12:00"},
        {"network.cutoff": "20:00"},
        {"network.working_days": "Mon-Fri"},
        {"network.working_days": "daily"},
    ]


def test_a_hypercube_has_one_draw_in_each_part_of_every_range() -> None:
    factors = {"network.cutoff": CUTOFF, "network.load": {"low": "70%", "high": "90%"}}
    found = points(factors=factors, design="latin hypercube", draws=10)
    assert found[0].settings == {}
    for name in ("network.cutoff", "network.load"):
        assert sorted(int(point.places[name] * 10) for point in found[1:]) == list(range(10))


def test_one_more_factor_changes_nobody_elses_draws() -> None:
    few = {"network.cutoff": CUTOFF}
    more = {"network.load": {"low": "70%", "high": "90%"}, **few}
    one, two = (
        [row.get("network.cutoff") for row in settings(factors=f, design="latin hypercube")]
        for f in (few, more)
    )
    assert one == two
    assert settings(factors=few, design="latin hypercube", design_seed=2) != settings(
        factors=few, design="latin hypercube"
    )


def test_a_screening_moves_one_factor_from_point_to_point() -> None:
    found = points(assumptions="network.*", design="morris", trajectories=3)
    names = list(found[0].places)
    assert len(found) == 3 * (len(names) + 1)
    for start in range(0, len(found), len(names) + 1):
        walk = found[start : start + len(names) + 1]
        moved = [
            [name for name in names if before.places[name] != after.places[name]]
            for before, after in pairwise(walk)
        ]
        assert sorted(name for names_moved in moved for name in names_moved) == sorted(names)
        assert walk[1].label.endswith(moved[0][0])


def test_names_of_points_sort_in_order() -> None:
    factors = {"network.trailer": list(range(1000, 2001))}
    names = [point.name for point in points(factors=factors)]
    assert (names[0], names[-1]) == ("p0000", "p1000")
    assert names == sorted(names)


def test_a_factor_changes_the_bases_that_have_it_all_alike() -> None:
    found = points(base=[*builtin_scenarios()],
                   factors={"network.cutoff": ["12:00"], "network.carrier.wave": ["08:00"],
                            "orders.orders_per_day": [15_000]})  # fmt: skip
    amazon, platform, sellers = found[0].plan.scenarios
    assert platform.network.cutoff == "12:00"
    assert platform.network.carrier.wave == sellers.network.carrier.wave == "08:00"
    assert {one.orders.orders_per_day for one in (amazon, platform, sellers)} == {15_000}


def test_a_kind_in_brackets_keeps_to_networks_of_that_kind() -> None:
    found = points(base=["amazon-fulfillment", PLATFORM],
                   factors={"network[platform-fulfilled].trailer": [1000]})  # fmt: skip
    assert [one.network.trailer for one in found[0].plan.scenarios] == [1500, 1000]


def test_an_entry_of_a_list_can_be_varied() -> None:
    found = points(factors={"orders.products[7].fragility": [1.0, 10.0]})
    for point, fragility in zip(found, (1.0, 10.0), strict=True):
        products = point.plan.scenarios[0].orders.products
        assert len(products) == 10
        assert products[7].fragility == fragility
        assert products[6].fragility == 1.8


def test_what_is_set_seed_and_budget_hold_at_every_point() -> None:
    precision = {"figures": {"damage_rate": {"relative": "10%"}}, "budget": 30}
    found = points(set={"orders.orders_per_day": 20_000}, seed=9, precision=precision,
                   factors={"network.trailer": [1000, 1500]})  # fmt: skip
    for point in found:
        assert point.plan.scenarios[0].orders.orders_per_day == 20_000
        assert (point.plan.seed, point.plan.replications) == (9, 30)


def test_what_ifs_are_applied_to_what_the_factors_set() -> None:
    found = points(base=SELLERS, what_if="fast-sellers",
                   factors={"network.sellers.handling": ["8 h", "20 h"]})  # fmt: skip
    hours = [one.plan.scenarios[0].network.sellers.handling.total_seconds() / 3600 for one in found]
    assert hours == [4, 10]


def test_what_ifs_can_be_varied() -> None:
    found = points(what_if="peak-season", factors={"what_if": ["none", "hub-closed"]})
    assert [len(point.plan.scenarios[0].closures) for point in found] == [0, 1]
    assert {point.plan.scenarios[0].days.first_day.month for point in found} == {11}
    assert found[1].settings == {"what_if": "hub-closed"}


@pytest.mark.parametrize("base", ["amazon-fulfillment", PLATFORM, SELLERS])
def test_all_assumptions_vary_but_those_of_the_run_and_those_in_words(base: str) -> None:
    names = {one.name for one in resolve(Study(base=base, assumptions="all"), Path())[1]}
    assert {"risks.failed_attempt", "orders.weekday"} <= names
    for name in names:
        assert not name.startswith(("days.", "runs."))
        assert not name.endswith("seed")
    assert not {"orders.orders_per_day", "orders.hours", "orders.products"} & names


def test_assumptions_are_chosen_by_patterns() -> None:
    chosen = ["risks.loss.*", "not *.theft"]
    names = [one.name for one in resolve(Study(base=PLATFORM, assumptions=chosen), Path())[1]]
    assert names == ["risks.loss.facility", "risks.loss.road", "risks.loss.round"]


def test_figures_of_one_path_are_one_factor_where_they_are_the_same() -> None:
    study = Study(base=["amazon-fulfillment", PLATFORM], assumptions=["network.*"])
    factors = {one.name: one for one in resolve(study, Path())[1]}
    assert factors["network.trailer"].rows == (0, 1)
    assert factors["network[fulfillment-center].pick_and_pack"].rows == (0,)
    assert factors["network[platform-fulfilled].pick_and_pack"].rows == (1,)


def test_a_figure_that_is_no_longer_the_default_is_known_and_stays() -> None:
    study = Study(base=PLATFORM, set={"network.trailer": 1200}, assumptions="network.*",
                  factors={"network.load": ["70%", "90%"]}, what_if="late-cutoff")  # fmt: skip
    assumed = [one.path for one in resolve(study, Path())[1]][1:]
    assert not {"network.trailer", "network.load", "network.cutoff"} & {*assumed}
    assert "network.opens" in assumed


def test_sellers_opening_hours_stay_whole_hours() -> None:
    found = points(base=SELLERS, assumptions="network.sellers.opens", draws=12)
    assert {point.settings["network.sellers.opens"] for point in found[1:]} == {
        "08:00", "09:00", "10:00", "11:00",
    }  # fmt: skip


@pytest.mark.parametrize("base", ["amazon-fulfillment", PLATFORM, "tiktok-seller-direct"])
@pytest.mark.parametrize("design", ["latin hypercube", "morris", "one at a time"])
def test_all_assumptions_together_make_valid_scenarios(base: str, design: str) -> None:
    found = points(base=base, assumptions="all", design=design)
    assert len({tuple(point.settings.items()) for point in found}) > 30


def test_shares_however_small_are_written_so_that_they_are_read() -> None:
    found = points(base="amazon-fulfillment", assumptions="risks.loss.*", draws=2000)
    drawn = [one.plan.scenarios[0].risks.loss.road for one in found]
    assert 0 < min(one for one in drawn if one) < 1e-5


def test_settings_that_break_a_rule_together_are_refused_by_name() -> None:
    (fault,) = refusals(factors={"network.closes": ["20:00", "24:00"],
                                 "network.cutoff": ["18:00", "21:00"]})  # fmt: skip
    assert "point p001 (network.closes 20:00, network.cutoff 21:00) makes network.cutoff" in fault


def test_many_faulty_points_are_counted() -> None:
    faults = refusals(factors={"network.opens": ["12:00"], "network.closes": ["19:00"],
                               "network.cutoff": [f"{h:02}:{m:02}" for h in range(8, 12)
                                                  for m in range(0, 60, 10)]})  # fmt: skip
    assert len(faults) == 11
    assert "and 14 more of 24 points" in faults[-1]


@pytest.mark.parametrize(
    ("study", "problem"),
    [
        ({"factors": {"network.trailer": {"low": 1000, "high": 2000, "steps": 200},
                      "network.load": {"low": 0.5, "high": 0.9, "steps": 200}}},
         "make 40,000 points (allowed: up to 10,000)"),
        ({"assumptions": "all", "design": "grid"}, "points (allowed: up to 10,000)"),
        ({"design": "morris"}, "has nothing to vary"),
        ({"design": "morris", "factors": {"network.working_days": ["Mon-Fri", "daily"]}},
         "has values without an order"),
        ({"factors": {"what_if": {"low": 1, "high": 2}}}, "has no order"),
        ({"assumptions": ["risk.*"]}, "match no assumption"),
        ({"assumptions": ["risks.*", "netwrk.*"]}, "matches no assumption"),
        ({"factors": {"network.trailer": [1000]}, "set": {"network.trailer": 1200}},
         "is changed under 'set', too"),
        ({"factors": {"network.cutoff": ["12:00"]}, "what_if": "late-cutoff"},
         "is set by the what-if late-cutoff"),
        ({"set": {"network.cutoff": "12:00"}, "what_if": "late-cutoff"},
         "is set by the what-if, too"),
        ({"what_if": "better-packaging"}, "changes nothing in tiktok-platform-fulfilled"),
        ({"base": [PLATFORM, PLATFORM + ".yaml"]}, "there is no such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused(study, problem) -> None:
    assert any(problem in fault for fault in refusals(**study)), refusals(**study)
