"""The same orders through several networks: shared, repeatable, however many processes work."""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_scenarios import DAYS, centers, one_seller, sellers

import logistics
from logistics import InputError
from logistics.analysis.comparison import Comparison
from logistics.experiments.compare import Experiment
from logistics.experiments.plan import plan
from logistics.experiments.workers.progress import BUILDING, RUNNING, Progress
from logistics.jobs import experiment
from logistics.model.draws import draw
from logistics.model.prepare import prepare
from logistics.report.folder import write_experiment
from logistics.report.summary import summary
from logistics.running import simulate
from logistics.runs.run import Run
from logistics.simulation.batch.compiling import _one_parcel
from logistics.streams import Streams
from networks.inputs.yaml_writer import write_yaml

ORDERS = "order_id,ordered_at,market,product\n" + "".join(
    f"A-{row},2023-09-{18 + row % 2} 10:{row:02d},{23200 + row},vinyl album\n" for row in range(40)
)


@pytest.fixture(scope="module")
def alone() -> Experiment:
    """Three runs of two networks, all in this process."""
    return experiment(plan([centers(), sellers()]), {"workers": 1})


def content(comparison: Comparison) -> str:
    """Everything in a comparison but the seconds it took."""
    run = {k: v for k, v in comparison.run.items() if k != "seconds"}
    grids = {
        name: [getattr(band, column).tolist() for column in ("grid", "share", "low", "high")]
        for name, band in comparison.distributions.items()
    }
    return json.dumps([summary(comparison) | {"run": run}, grids])


# --- the same orders ----------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_files(alone: Experiment, tmp_path: Path) -> None:
    """In other processes, with more workers, page and pictures too: `tests/exactness`."""
    again = experiment(plan([centers(), sellers()]), {"workers": 1})
    for name, one in (("first", alone), ("second", again)):
        (tmp_path / name).mkdir()
        write_experiment(one, tmp_path / name)
    for path in sorted((tmp_path / "first").rglob("*")):
        other = tmp_path / "second" / path.relative_to(tmp_path / "first")
        if path.name != "summary.json" and path.is_file():  # it has the seconds
            assert path.read_bytes() == other.read_bytes(), path.name


def test_another_seed_gives_other_results(alone: Experiment) -> None:
    other = logistics.compare([centers(), sellers()], seed=8, workers=1)
    assert content(other) != content(alone.comparison)


def test_each_run_has_the_same_orders_in_every_network(alone: Experiment) -> None:
    parcels = alone.accumulated.pairs["centers vs sellers"].values("parcels")
    first = simulate(centers())
    assert parcels[0] == first.measured.sum()
    assert alone.comparison.run["parcels"] == 2 * 3 * len(first)


def test_a_run_is_the_one_that_simulate_gives(alone: Experiment) -> None:
    kept: list[tuple[str, Run]] = []
    what = plan([centers(), sellers()], replications=1)
    experiment(what, {"workers": 1}, keep=lambda name, run: kept.append((name, run)))
    assert [name for name, _ in kept] == ["centers", "sellers"]
    assert kept[1][1].same_as(simulate(sellers()))


def test_one_network_can_be_run_on_its_own(alone: Experiment) -> None:
    one = logistics.compare([centers()], workers=1)
    assert one.metrics["centers"] == alone.comparison.metrics["centers"]
    assert one.paired == {}


def test_options_replace_what_the_scenarios_say() -> None:
    options = {"replications": 2, "seed": 3, "days": 1, "orders_per_day": 1_000}
    result = logistics.compare(
        [centers()],
        workers=1,
        warm_up_days=0,
        later_order_days=2,
        **options,  # type: ignore[arg-type]
    )
    assert result.replications == 2
    assert options.items() <= result.run.items()
    assert (result.run["warm_up_days"], result.run["later_order_days"]) == (0, 2)


# --- orders from a file --------------------------------------------------------------------------


def test_orders_of_a_file_are_the_same_in_every_run(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    result = logistics.compare(
        [centers(), sellers()], orders=tmp_path / "orders.csv", replications=2, workers=1
    )
    assert result.metrics["sellers"]["parcels"].estimate == 2 * 40
    assert result.run["orders"] == str(tmp_path / "orders.csv")
    means = [result.metrics[name]["delivery_days.mean"] for name in result.names]
    assert means[0].high > means[0].low  # the random draws differ from run to run


def test_a_file_without_orders_on_the_measured_days_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS.replace("2023-09-1", "2023-09-2"))
    with pytest.raises(InputError, match=r"no orders on the measured days .*2023-09-18"):
        logistics.compare(
            [centers(days={"first_day": "2023-09-18", "later_order_days": 20})],
            orders=tmp_path / "orders.csv",
        )


def test_a_missing_file_of_orders_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"orders.csv: there is no such file"):
        logistics.compare([centers()], orders=tmp_path / "orders.csv")


# --- what goes together --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "field", "remedy"),
    [
        ({"orders": {"orders_per_day": 3_000}}, "orders.orders_per_day = 3000", "--orders-per-day"),
        ({"orders": {"weekday": [1.0] * 7}}, "orders.weekday", "the same orders.weekday in every"),
        ({"days": {"days": 3}}, "days.days = 3", "--days"),
        ({"days": {"first_day": "2023-09-25"}}, "days.first_day", "the same days.first_day"),
        ({"runs": {"seed": 8}}, "runs.seed = 8", "--seed"),
        ({"runs": {"replications": 8}}, "runs.replications = 8", "--replications"),
    ],
)
def test_scenarios_that_differ_in_what_they_must_share_are_refused(
    more: dict[str, Any], field: str, remedy: str
) -> None:
    with pytest.raises(InputError) as caught:
        plan([centers(), sellers(**more)])
    assert str(caught.value).startswith(f"sellers: {field}")
    assert "differs from centers" in str(caught.value)
    assert remedy in str(caught.value)


def test_an_option_for_all_settles_a_difference() -> None:
    one, other = centers(), sellers(runs={"seed": 8}, days={"days": 3})
    assert plan([one, other], seed=9, days=1).seed == 9


def test_every_difference_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        plan([centers(), sellers(runs={"seed": 8}, days={"days": 3})])
    assert [fault.field for fault in caught.value.faults] == ["days.days", "runs.seed"]


def test_names_must_differ() -> None:
    with pytest.raises(InputError, match="name = 'centers': is listed twice"):
        plan([centers(), centers()])


def test_something_must_be_compared() -> None:
    with pytest.raises(InputError, match="none given"):
        plan([])


def test_scenarios_are_given_by_name_file_or_object(tmp_path: Path) -> None:
    (tmp_path / "centers.yaml").write_text(write_yaml(centers()))
    few = {"replications": 1, "days": 1, "orders_per_day": 15_000}
    assert plan(None, **few).names == logistics.scenario.load.builtin_scenarios()
    assert plan([str(tmp_path / "centers.yaml")]).scenarios == (centers(),)
    same = {**DAYS, "tick": "10 ms"}
    assert plan([tmp_path / "centers.yaml", sellers(days=same)]).names == ("centers", "sellers")


@pytest.mark.parametrize(
    "options",
    [{"days": 0}, {"replications": 0}, {"seed": -1}, {"orders_per_day": 1}, {"workers": 0}],
)
def test_values_out_of_range_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(options))):
        logistics.compare([centers()], **options)  # type: ignore[arg-type]


def test_more_orders_than_the_memory_holds_are_refused() -> None:
    with pytest.raises(InputError, match=r"orders need about .* GB of memory"):
        logistics.compare([centers()], orders_per_day=6_000_000, days=300)


# --- progress, workers ---------------------------------------------------------------------------


def test_progress_counts_networks_and_runs() -> None:
    seen: list[Progress] = []
    logistics.compare([centers()], workers=1, progress=seen.append)
    assert [(one.stage, one.done, one.expected) for one in seen] == [
        (BUILDING, 0, 1), (BUILDING, 1, 1),
        (RUNNING, 0, 3), (RUNNING, 1, 3), (RUNNING, 2, 3), (RUNNING, 3, 3),
    ]  # fmt: skip
    first, *_, last = (one.seconds_left for one in seen if one.stage == RUNNING)
    assert (first, last) == (None, 0)


def test_what_goes_wrong_in_a_worker_is_told_as_it_is() -> None:
    closure = {"place": "NOWHERE", "start": "2023-09-18T00:00", "end": "2023-09-19T00:00"}
    with pytest.raises(InputError, match="NOWHERE"):
        logistics.compare([one_seller().replace(closures=[closure])], workers=2)


def test_the_engine_is_compiled_for_the_columns_that_runs_have() -> None:
    model, streams = prepare(sellers()), Streams(7)
    orders = logistics.running.ordered(model, None, streams)
    real = draw(model, orders, streams).problem
    assert _types(_one_parcel(model.period.dtype)) == _types(real)


def _types(part: Any) -> dict[str, tuple[str, int]]:
    found = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            found |= {f"{field.name}.{name}": kind for name, kind in _types(value).items()}
        elif isinstance(value, np.ndarray):
            found[field.name] = (value.dtype.name, value.ndim)
    return found
