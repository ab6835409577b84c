"""Every benchmark runs, at a size that says nothing about speed or about the world."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import (
    __main__ as all_of_them,
)
from benchmarks import (
    ablations,
    assumptions,
    children,
    default_compare,
    engines,
    floor,
    known,
    national_day,
    peers,
    plain_simpy,
    profile_day,
    sample_size,
    scaling,
    speed_page,
    studies,
    timetables,
    timing,
    transit_by_zone,
)
from benchmarks.known_answers.small_world import World
from logistics.simulation.batch.engine import run as batch
from logistics.vocabulary import NOT_YET, Status

TINY = ["--orders-per-day", "15000", "--days", "1"]


@pytest.mark.slow
def test_transit_by_zone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    transit_by_zone.main([*TINY, "--page", str(page)])
    text = page.read_text()
    assert text.count("| zone 2: 0 to 150 miles |") == len(transit_by_zone.NETWORKS)
    assert "nan" not in text


@pytest.mark.slow
def test_ablations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = [a for a in ablations.ABLATIONS if a.name == "packaging is all alike"]
    monkeypatch.setattr(ablations, "ABLATIONS", chosen)
    page = tmp_path / "page.md"
    ablations.main([*TINY, "--page", str(page)])
    assert "Difference: +0.000 days" in page.read_text()


@pytest.mark.slow
def test_assumptions_go_on_where_they_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, results = tmp_path / "page.md", tmp_path / "results.json"
    tried = ["--only", "risks.loss.theft", "runs.replications"]
    arguments = [*TINY, *tried, "--page", str(page), "--results", str(results)]
    assumptions.main(arguments)
    first = page.read_text()
    assert "| `risks.loss.theft` | 0.2% | 0.05% to 0.5% | tiktok-seller-direct |" in first
    assert "narrows the intervals" in first
    assumptions.main(arguments)
    assert page.read_text() == first
    assert "0 of 3 runs to do" in capsys.readouterr().out


def test_what_cannot_be_run_says_so() -> None:
    hours = next(one for one in assumptions.assumptions() if one.path == "orders.hours")
    runs = assumptions.tasks([hours], 15_000, {"days": 1})
    base = dict.fromkeys(assumptions.EFFECTS, 1.0)
    found = [(task, assumptions.outcome(task) if task.path else base) for task in runs]
    assert [result.get("refused") for _, result in found] == [None, *["must be a list"] * 2]
    assert "words, not run" in "\n".join(assumptions.page([hours], found))


def test_every_assumed_figure_is_listed_once() -> None:
    listed = [(one.scenario, one.path) for one in assumptions.assumptions()]
    assert len(listed) == len(set(listed))
    paths = {path for _, path in listed}
    assert {"network.breadth.fast", "network.carrier.speed_kmh", "risks.failed_attempt"} <= paths
    in_a_model = {
        one.path
        for name in assumptions.builtin_scenarios()
        for one in assumptions.figures_of(name)
        if one.assumed
    }
    assert paths == in_a_model


def test_what_has_a_source_is_listed_with_it() -> None:
    by_path = {one.path: (one, networks) for one, networks in assumptions.sourced()}
    one, networks = by_path["network.carrier.hubs"]
    assert one.source == "FedEx Ground: 40 hubs (buildagroundbiz.com)"
    assert networks == "tiktok-platform-fulfilled, tiktok-seller-direct"
    assert by_path["promise.days"][0].source  # a comment in the scenario's own file


@pytest.mark.slow
def test_sample_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    monkeypatch.setattr(sample_size, "PAGE", page)
    monkeypatch.setattr(sample_size, "SIZES", (15_000,))
    monkeypatch.setattr(sample_size, "DAYS", {"days": 1, "warm_up_days": 0, "later_order_days": 4})
    monkeypatch.setattr("sys.argv", ["sample_size"])
    sample_size.main()
    assert page.read_text().count("| 15,000 |") == 3


COMPARE = (
    *("--replications", "1", "--days", "1", "--warm-up-days", "0", "--later-order-days", "1"),
    *("--orders-per-day", "15000", "--no-keep-parcels", "--workers", "1"),
)


def test_the_national_day_is_followed_to_the_door(tmp_path: Path) -> None:
    national_day.main(["--orders", "13200", "--repeat", "1", "--results", str(tmp_path)])
    day = json.loads((tmp_path / "national_day.json").read_text())
    cut = day["cut_at_midnight"]
    assert day["counts"]["parcels"] == day["counts"]["ended"] == cut["counts"]["parcels"] == 13_200
    assert cut["counts"]["ended"] < 0.05 * 13_200
    assert cut["counts"]["legs"] < 0.5 * day["counts"]["legs"]
    steps = sum(one["processor_seconds"] for one in day["steps"].values())
    assert steps == pytest.approx(day["total"]["processor_seconds"], abs=0.05)
    text = page_of(tmp_path)
    assert "100.0% of the parcels ended" in text
    assert "Until 2026-11-22 this page called that the national day: 11.4 s" in text


@pytest.mark.slow
def test_speed_from_start_to_files(tmp_path: Path) -> None:
    found = default_compare.timed(COMPARE, None, tmp_path / "results")
    assert found["parcels"] == 3 * (16_500 + 16_050)  # a Monday and a Tuesday
    assert found["processor_seconds"] > 0
    assert found["files"] > 0


@pytest.mark.slow
def test_the_default_comparison_with_and_without_compiled_code(tmp_path: Path) -> None:
    default_compare.main(["--results", str(tmp_path), "--", *COMPARE])
    page = tmp_path / "page.md"
    speed_page.main(["--results", str(tmp_path), "--page", str(page)])
    assert "## The default comparison" in page.read_text()


def test_the_national_day_is_as_many_orders_as_it_says() -> None:
    scenario = national_day.national_day()
    orders = default_compare.asked_for(scenario, 0, scenario.days.days)
    assert orders == 13_200_000 * scenario.runs.replications


def page_of(results: Path) -> str:
    page = results / "page.md"
    speed_page.main(["--results", str(results), "--page", str(page)])
    return page.read_text()


@pytest.fixture
def counts_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Counts that this test knows, and no others."""
    monkeypatch.setattr(known, "KNOWN", tmp_path / "known.json")
    return tmp_path / "known.json"


def knows(path: Path, **cases: dict[str, int]) -> None:
    path.write_text(json.dumps({name.replace("_", " "): counts for name, counts in cases.items()}))


FACTS = {"parcels": 10, "legs": 20, "departures": 3, "events": 5}
WORK = FACTS | {"ended": 8}
ENDS = np.array([Status.UNDER_WAY] * 2 + [Status.DELIVERED] * 7 + [Status.LOST])


def test_a_speed_up_that_does_less_work_fails(counts_known: Path) -> None:
    counts_known.write_text(json.dumps({national_day.day_case(13_200): WORK}))
    with pytest.raises(AssertionError, match="is not the known"):
        national_day.measured(13_200, 1)


def test_doing_less_than_is_known_fails(counts_known: Path) -> None:
    knows(counts_known, one_day=WORK)
    assert known.counted("one day", FACTS | {"not_resolved": []}, ENDS) == WORK
    for name, count in FACTS.items():
        with pytest.raises(AssertionError, match="is not the known"):
            known.counted("one day", FACTS | {name: count - 1}, ENDS)
    with pytest.raises(AssertionError, match="is not the known"):
        known.counted("one day", FACTS, np.full(10, Status.DELIVERED))


def test_new_counts_are_kept_only_if_asked_for(
    counts_known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known.counted("another day", FACTS, ENDS)
    assert not counts_known.exists()
    monkeypatch.setenv(known.ACCEPT, "1")
    known.counted("another day", FACTS, ENDS)
    with pytest.raises(AssertionError, match="is not the known"):
        known.counted("another day", FACTS | {"legs": 19}, ENDS)


def test_the_small_network_binds_a_little() -> None:
    model, problem = engines.problem_of("small", 20_000)
    columns = batch(problem)
    assert not [name for name in model.facilities.ids if name.startswith("HUB")]
    assert len(model.facilities.ids) == 4 + 2 + 8
    assert (np.bincount(problem.parcels.source, minlength=4) > 0).all()
    assert (np.bincount(problem.parcels.station, minlength=14) > 0).sum() == 8
    assert 0 < columns.left_behind.sum() < 2 * len(problem.parcels.ordered)
    assert (columns.wait_work > 0).mean() > 0.1
    assert (columns.status == 1).mean() > 0.9


def test_engines_are_compared_in_a_process_of_their_own(tmp_path: Path) -> None:
    engines.main(["--networks", "small", "--parcels", "1000", "--results", str(tmp_path)])
    (row,) = json.loads((tmp_path / "engines.json").read_text())["rows"]
    assert row["counts"]["parcels"] == 1_000
    assert row["counts"]["legs"] > 2_000
    taken = {n: row[n]["processor_seconds"] for n in ("batch", "collector_off", "plain")}
    assert row["counts"]["ended"] == 1_000
    assert 10 * row["counts"]["events"] < row["textbook_events"]
    assert row["collector_off_ratio"] == pytest.approx(
        taken["collector_off"] / taken["batch"], rel=0.1
    )
    assert row["plain_ratio"] == pytest.approx(taken["collector_off"] / taken["plain"], rel=0.1)
    assert "| small | 1,000 | 100.0% |" in page_of(tmp_path)


def test_the_plain_script_delivers_at_the_same_ticks_in_80_lines() -> None:
    assert Path(plain_simpy.__file__).read_text().count("\n") <= 80
    for parcels in (1_000, 20_000):
        _, problem = engines.problem_of("small", parcels)
        columns = batch(problem)
        assert len(np.unique(columns.attempts)) > 2
        assert np.array_equal(plain_simpy.delivery_ticks(problem), columns.ended)


def test_a_script_that_delivers_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "delivery_ticks", lambda problem: [NOT_YET] * 1_000)
    with pytest.raises(AssertionError, match="the plain script delivers otherwise"):
        list(engines.compared("small", 1_000))


def test_engines_that_do_less_or_differ_fail(
    counts_known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def differs(problem: Any) -> Any:
        columns = batch(problem)
        return replace(columns, wait_work=columns.wait_work + 1)

    monkeypatch.setattr(engines, "textbook", differs)
    with pytest.raises(AssertionError, match="differ in 'wait_work'"):
        list(engines.compared("small", 1_000))

    def idle(problem: Any) -> Any:
        columns = batch(problem)
        return replace(columns, departure=np.full_like(columns.departure, NOT_YET))

    steps = list(_steps_of("small", 1_000, monkeypatch, batch))
    case = "engines, small, textbook, 1,000 parcels"
    counts_known.write_text(json.dumps({case: steps[0]["counts"]}))
    with pytest.raises(AssertionError, match="is not the known"):
        list(_steps_of("small", 1_000, monkeypatch, idle))
    counts_known.write_text(json.dumps({"engines, small, 1,000 parcels": WORK}))
    with pytest.raises(AssertionError, match="is not the known"):
        list(engines.compared("small", 1_000))


def _steps_of(
    network: str, parcels: int, monkeypatch: pytest.MonkeyPatch, textbook: Any
) -> list[dict[str, Any]]:
    monkeypatch.setattr(engines, "textbook", textbook)
    return list(engines.compared(network, parcels))


def test_an_engine_that_does_not_fit_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "free_gib", lambda: 0.0)
    steps = list(engines.compared("small", 1_000))
    assert steps[1:] == [
        {f"{name}_fault": "does not fit in memory"} for name in ("collector_off", "textbook")
    ]
    row = {"network": "small", "asked": 1_000, "fault": ""} | steps[0] | steps[1] | steps[2]
    result = {"aims": engines.AIMS, "plain_aim": engines.PLAIN_AIM, "rows": [row]}
    result |= {"machine": engines.machine()}
    (tmp_path / "engines.json").write_text(json.dumps(result))
    assert "| does not fit in memory |" in page_of(tmp_path)


def test_a_child_that_takes_too_long_is_stopped() -> None:
    found = children.child("benchmarks.engines", "--one", "small", "1000", seconds=0.1)
    assert found == children.Said({}, "over 0 min")


def test_a_child_that_fails_is_not_overlooked() -> None:
    with pytest.raises(RuntimeError, match="failed with code 1"):
        children.child("benchmarks.engines", "--one", "small", "10", seconds=60)


def test_peers_have_the_same_customers_and_the_same_mean_wait(tmp_path: Path) -> None:
    peers.main(["--parcels", "1000", "--results", str(tmp_path)])
    queue, parcels = json.loads((tmp_path / "peers.json").read_text())["cases"]
    waits = [row["mean_ticks"] for row in queue["rows"] if "fault" not in row]
    assert len(waits) > 1  # SimPy is always there
    assert set(waits) == {waits[0]}
    assert parcels["counts"]["parcels"] == 2 * peers.PER_CENTER
    text = page_of(tmp_path)
    assert text.count("| this one |") == 2
    assert "What they cannot express" in text


def test_a_peer_that_is_too_slow_is_not_run_at_the_next_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peers, "MOST_SECONDS", 0.0)
    monkeypatch.setattr(peers, "MODELS", {"simpy": peers.MODELS["simpy"]})
    cases = peers.measured([1_000, 2_000])["cases"]
    assert ["fault" in case["rows"][1] for case in cases] == [False, False, True, True]
    assert cases[3]["rows"][1]["fault"].startswith("not run: some ")


def test_networks_of_peers_grow_and_then_last_longer() -> None:
    assert [peers.size_of(n) for n in (5_000, 100_000, 1_000_000)] == [(1, 5), (2, 50), (20, 50)]
    with pytest.raises(ValueError, match="no whole days"):
        peers.size_of(1_234)


def test_peers_that_finish_fewer_or_wait_less_fail() -> None:
    def nobody(_: Any) -> tuple[int, float]:
        return 399, 12.0

    with pytest.raises(AssertionError, match="simpy finished 399, not 400"):
        peers.peer("simpy", nobody, None, (400, 12.0, 1e-3))
    with pytest.raises(AssertionError, match=r"found a mean of 12\.00 ticks, not 13\.00"):
        peers.peer("simpy", nobody, None, (399, 13.0, 1e-3))


def test_a_peer_that_is_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "find_spec", lambda _: None)
    found = peers.peer("ciw", peers.ciw_line, None, (1, 1.0, 0.1))
    assert found == {"package": "ciw", "fault": "not installed"}


def test_peers_are_given_our_own_timetable() -> None:
    world: World = peers.parcel_world(1, 2)
    model = peers.parcels_of(world.run(peers.parcel_orders(world, 4 * peers.PER_CENTER), 1), 1)
    a, b = model.centers
    assert (len(a.arrives), len(b.arrives)) == (2 * peers.PER_CENTER,) * 2
    assert a.departs[:2] == b.departs[:2]
    assert a.departs[1] - a.departs[0] == 3 * 360_000
    assert set(np.diff(model.waves).tolist()) == {24 * 360_000}


def test_the_floor_does_as_much_as_the_run(tmp_path: Path) -> None:
    floor.main(["--orders", "13200", "--results", str(tmp_path)])
    found = json.loads((tmp_path / "floor.json").read_text())
    assert found["counts"]["parcels"] == 13_200
    assert found["sorted"] >= found["counts"]["legs"]  # who left a place was worked there
    # market, product, hour, center, attempts, stop, theft; two logarithms and a normal; and an
    # address where a market has several stations
    assert 10 < found["draws_per_parcel"] < 11
    for one in found["floor_seconds"].values():
        steps = sum(seconds for name, seconds in one.items() if name != "total")
        assert one["total"] == pytest.approx(steps, abs=1e-3)
    assert "| run / floor |" in page_of(tmp_path)


@pytest.mark.slow
def test_timetables_of_odd_times_do_the_same_work_at_other_instants(tmp_path: Path) -> None:
    timetables.main(["--small", "--results", str(tmp_path)])
    networks = json.loads((tmp_path / "timetables.json").read_text())["networks"]
    assert len(networks) == 3
    for one in networks:
        assert one["odd"]["instants"] > 0.9 * one["odd"]["counts"]["departures"]
        assert one["round"]["instants"] < 0.05 * one["odd"]["instants"]
        assert one["round"]["counts"]["ended"] > 0.99 * timetables.SMALL_ORDERS
    assert page_of(tmp_path).count("| tiktok-") == 2


@pytest.mark.slow
def test_studies_beside_a_bare_loop(tmp_path: Path) -> None:
    studies.main(["--small", "--results", str(tmp_path)])
    result = json.loads((tmp_path / "studies.json").read_text())
    assert result["overhead"]["runs"] == result["cores"]["runs"] == 2
    assert len(result["overhead"]["of_each_pair"]) == 1
    assert result["memory"]["many_gib"] > 0.1


@pytest.mark.slow
def test_points_of_scaling_in_processes_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"fulfillment_centers": 5, "sort_centers": 2, "consolidation_hubs": 1}

    def given(number: int) -> dict[str, Any]:
        return {"orders": 13_200, "station_sites": number, "largest_station": 10**7, **few}

    series = ("station sites", "13,200 orders", given, (10, 20), ())
    monkeypatch.setattr(scaling, "SERIES", (series,))
    scaling.main(["--results", str(tmp_path)])
    (one,) = json.loads((tmp_path / "scaling.json").read_text())["series"]
    assert [row["parcels"] for row in one["rows"]] == [13_200, 13_200]
    assert [row["facilities"] for row in one["rows"]] == [18, 28]
    assert "**Station sites** (13,200 orders)" in page_of(tmp_path)


def test_a_slope_is_the_exponent() -> None:
    assert scaling.slope([1, 10, 100], [3, 30, 300]) == 1
    assert scaling.slope([1, 4, 16], [5, 10, 20]) == 0.5
    assert scaling.slope([7, 7], [1, 2]) is None


def test_costs_are_found_again() -> None:
    sizes = [(10, 15, 4), (1_000, 1_900, 40), (100, 130, 900), (50, 90, 10)]
    rows = [
        {"parcels": p, "legs": n, "departures": d,
         "processor_seconds": 1e-6 * (2 * p + 3 * n + 10 * d)}
        for p, n, d in sizes
    ]  # fmt: skip
    assert scaling.costs(rows) == {"parcels": 2.0, "legs": 3.0, "departures": 10.0}


def test_the_steps_of_a_day_add_up_and_all_is_written(tmp_path: Path) -> None:
    profile_day.main(["--orders", "13200", "--results", str(tmp_path)])
    found = json.loads((tmp_path / "profile_day.json").read_text())
    assert found["parquet"]["rows"] == found["counts"]["parcels"] == 13_200
    steps = sum(step["processor_seconds"] for step in found["steps"])
    assert steps == pytest.approx(found["total"]["processor_seconds"], abs=0.05)
    assert found["not_timed"] == []
    waves = next(one for one in found["steps"] if one["step"] == "waves and attempts")
    assert waves["processor_seconds"] > 0
    parts = {step["part"] for step in found["steps"]}
    assert parts == {part for part, _ in profile_day.STEPS} | {profile_day.ELSE}
    assert "| **checks** |" in page_of(tmp_path)


def test_a_stopwatch_counts_a_step_without_the_steps_in_it() -> None:
    watch = timing.Stopwatch()
    inner = watch.timed(("a", "inner"), lambda: sum(range(300_000)))
    outer = watch.timed(("a", "outer"), inner)
    assert outer() == sum(range(300_000))
    within, outside = watch.seconds["a", "inner"], watch.seconds["a", "outer"]
    assert 0 < outside.wall < within.wall
    assert outside.processor < within.processor


def test_the_least_of_some_runs_counts_processor_seconds_of_all_threads() -> None:
    calls = []

    def work() -> int:
        threads = [threading.Thread(target=lambda: sum(range(2_000_000))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        calls.append(0)
        return len(calls)

    alone = min(timing.timed(lambda: sum(range(2_000_000)))[0].processor for _ in range(5))
    seconds, last = timing.best(work, repeat=3)
    assert (seconds["repeats"], last) == (3, 3)
    assert seconds["processor_seconds"] > 1.3 * alone
    assert timing.best(work, repeat=3, enough=0.0)[0]["repeats"] == 1


@pytest.mark.slow
def test_one_that_fails_does_not_lose_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = {"engines": ("--parcels", "1"), "peers": ("--parcels", "1000")}
    monkeypatch.setattr(all_of_them, "SMALL", quick)
    page = tmp_path / "speed.md"
    code = all_of_them.main(
        ["engines", "peers", "--small", "--results", str(tmp_path), "--page", str(page)]
    )
    assert code == 1
    out = capsys.readouterr().out
    assert "failed with code 1" in out
    assert "queue 1,000, simpy" in out
    assert "## Against other simulators" in page.read_text()
    assert "## The batch engine" not in page.read_text()


def test_the_page_shows_what_others_measured(tmp_path: Path) -> None:
    about = national_day.machine()
    day = {
        "day": 1, "memory_gib": 2.5, "processor_seconds": 50.0, "wall_seconds": 30.0,
        "written": 7, "ended": 7, "under_way": 6,
    }  # fmt: skip
    rate = {"textbook_events_per_second": 9, "bare_events_per_second": 12, "ratio": 0.75}
    given: dict[str, dict[str, Any]] = {
        "national_week": {
            "case": "one week", "stretch_hours": 6.0, "days": [day], "gb_on_disk": 1.0,
            "counts": WORK, "processor_seconds_a_day": 50.0, "processor_hours_for_a_month": 0.25,
            "processor_hours_for_a_year": 3.0, "tb_for_a_year": 0.4,
        },
        "textbook_rate": {
            "cases": {"one": {"counts": WORK, "collector_on": rate, "collector_off": rate}},
        },
        "invariants": {
            "allowed": 0.1,
            "cases": {"one": {
                **WORK, "visits": 3, "draw_seconds": 1.0,
                "engine_seconds": 3.0, "check_seconds": 1.0, "share": 0.25,
            }},
        },
    }  # fmt: skip
    for name, result in given.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(result | {"machine": about}))
    text = page_of(tmp_path)
    assert "| 1 | 50 | 30 | 2.50 | 6 | 7 | 100% |" in text
    assert "20% of the week's parcels are then still under way" in text
    assert "| one | on | 5 | 9 | 12 | 0.75 |" in text
    assert "| one | 3 | 80.0% | 4.00 | 1.00 | 25% |" in text
    assert "Older than the rest" not in text
    given["invariants"] |= {"machine": about | {"date": "2026-01-02"}}
    (tmp_path / "invariants.json").write_text(json.dumps(given["invariants"]))
    assert page_of(tmp_path).count("Older than the rest of this page: code and figures of") == 1


def test_the_page_is_made_from_what_is_kept() -> None:
    lines = "\n".join(speed_page.page(speed_page.RESULTS))
    assert lines.startswith("# How fast it is")
    assert "## The national day" in lines


def test_a_benchmark_is_asked_for_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []

    def run(name: str, results: Path, small: bool, options: Any) -> Any:
        asked.append((name, tuple(options)))
        return all_of_them.Done(name, 0.0, ("done",))

    monkeypatch.setattr(all_of_them, "run", run)
    kept = ["--results", str(tmp_path), "--page", str(tmp_path / "page.md")]
    assert all_of_them.main(["floor", *kept, "--", "--orders", "13200"]) == 0
    assert asked == [("floor", ("--orders", "13200"))]
    asked.clear()
    all_of_them.main(kept)
    assert [name for name, _ in asked] == [
        name for name in all_of_them.SMALL if name not in all_of_them.ON_REQUEST
    ]
    for wrong in (["flour"], ["floor", "peers", "--", "--small"]):
        with pytest.raises(SystemExit):
            all_of_them.main([*wrong, *kept])
    assert "no benchmark 'flour'" in capsys.readouterr().err
