"""Study files: what they say, and every fault on its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from small_scenarios import centers

from logistics.scenario.fields import changed, overlap
from logistics.studies.designs import Design
from logistics.studies.points import load_study, points_of
from logistics.studies.study import RESPONSES, Precision, PrecisionTarget, Study
from networks.inputs.faults import InputError
from networks.inputs.yaml_reader import read_yaml_text
from networks.inputs.yaml_writer import write_yaml

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = sorted((DOCS / "examples").glob("*.yaml"))
CUTOFFS = """\
base: [tiktok-platform-fulfilled, tiktok-seller-direct]
title: When must an order be in?
set:
  orders.orders_per_day: 15000
factors:
  network.cutoff: {low: "12:00", high: "20:00", steps: 3}
  network.carrier.speed_kmh: {law: triangular, low: 50, mode: 62, high: 75, steps: 2}
responses: [delivery_days.mean, difference_days.mean]
precision:
  figures:
    delivery_days.mean: {half_width: 0.05}
    damage_rate: {relative: 10%}
  budget: 40
"""


@pytest.fixture
def study_file(tmp_path: Path):
    def write(text: str, name: str = "cutoffs.yaml") -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def faults(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_study(path)
    return [str(fault).removeprefix(f"{path}:") for fault in caught.value.faults]


def test_a_file_is_read_as_it_is_written(study_file) -> None:
    study = load_study(study_file(CUTOFFS))
    assert (study.name, study.title) == ("cutoffs", "When must an order be in?")
    assert study.bases == ("tiktok-platform-fulfilled", "tiktok-seller-direct")
    assert study.chosen_design == "grid"
    assert study.precision.figures["damage_rate"].relative == 0.1
    assert (study.precision.least, study.precision.budget) == (10, 40)
    assert len(points_of(study)) == 6


def test_the_shortest_study(study_file) -> None:
    study = load_study(study_file("base: amazon-fulfillment\nreplications: 6\n"))
    assert study.responses == [*RESPONSES]
    assert [point.plan.replications for point in points_of(study)] == [6]


def test_a_study_is_written_and_read_back(study_file) -> None:
    study = load_study(study_file(CUTOFFS))
    assert read_yaml_text(write_yaml(study), Study, "again") == study


def test_a_base_lies_beside_its_study(study_file, monkeypatch, tmp_path) -> None:
    path = study_file("base: mine.yaml\nfactors:\n  network.trailer: [900]\n")
    study_file(
        "name: mine\nas_of: 2023-10-01\nnetwork: {kind: fulfillment-center}\n"
        "promise: {rule: timetable}\n",
        "mine.yaml",
    )
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (point,) = points_of(load_study(path), path.parent)
    assert point.plan.names == ("mine",)
    assert point.plan.scenarios[0].network.trailer == 900


def test_a_fault_of_a_base_is_told_in_its_own_file(study_file) -> None:
    path = study_file("base: broken.yaml\n")
    study_file("name: broken\nas_of: yesterday\n", "broken.yaml")
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert any("broken.yaml:2: as_of = 'yesterday'" in str(one) for one in caught.value.faults)


def test_assumptions_are_drawn_unless_a_design_is_named() -> None:
    assert Study(base="x", assumptions="all").chosen_design == "latin hypercube"
    assert Study(base="x", assumptions="all", design="morris").chosen_design == "morris"


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("network.cutoff:", "network.cutof:",
         "6: factors.network.cutof: is not a field of tiktok-platform-fulfilled,"
         " tiktok-seller-direct; did you mean 'network.cutoff'? (allowed: a path of the scenario)"),
        ('low: "12:00", high: "20:00"', 'low: "20:00", high: "12:00"',
         "6: factors.network.cutoff: low must be below high"),
        ('{low: "12:00", high: "20:00", steps: 3}', '["12:00", "25:00"]',
         "6: factors.network.cutoff[1] = '25:00': is not a time of the day"
         " (in tiktok-platform-fulfilled) (allowed: '00:00' to '24:00')"),
        ('{low: "12:00", high: "20:00", steps: 3}', '["12:00", "12:00"]',
         "6: factors.network.cutoff[1] = '12:00': is listed twice"),
        ('{low: "12:00", high: "20:00", steps: 3}', '["16:00"]',
         "6: factors.network.cutoff[0] = '16:00': changes nothing: it is the value that"
         " tiktok-platform-fulfilled has (allowed: other values)"),
        ('{low: "12:00", high: "20:00", steps: 3}', '{low: "12:00", high: "12:09", steps: 3000}',
         "6: factors.network.cutoff.steps = 3000: there are only 10 different values in this range"
         " (allowed: 10 or fewer)"),
        ('{law: triangular, low: 50, mode: 62, high: 75, steps: 2}', "[50, 60, 50.0]",
         "7: factors.network.carrier.speed_kmh[2] = 50.0: is listed twice"),
        ("title:", "draws: 40\ntitle:",
         "2: draws = 40: does nothing in the design 'grid' (allowed: design: latin hypercube)"),
        ('{low: "12:00", high: "20:00", steps: 3}', "noon",
         "6: factors.network.cutoff = 'noon': must be a list, a range or a distribution (allowed:"
         " [1, 2, 3], {low: 1, high: 3} or {law: uniform, low: 1, high: 3})"),
        ('{low: "12:00", high: "20:00", steps: 3}', "[]",
         "6: factors.network.cutoff = []: must have at least 1, not 0"),
        ("mode: 62", "mode: 80",
         "7: factors.network.carrier.speed_kmh: mode must lie between low and high"),
        ("mode: 62, high: 75", "mode: 62, high: 200",
         "7: factors.network.carrier.speed_kmh.high = 200: must be at most 130"
         " (in tiktok-platform-fulfilled) (allowed: more than 5, at most 130)"),
        ("law: triangular, low: 50", "law: triangular, low: null",
         "7: factors.network.carrier.speed_kmh.low = null: must be a value"),
        ("law: triangular", "law: gamma",
         "7: factors.network.carrier.speed_kmh: is not a known law"
         " (allowed: uniform, triangular, normal, lognormal)"),
        ("orders_per_day: 15000", "orders_per_day: many",
         "4: set.orders.orders_per_day = 'many': must be a whole number"
         " (in tiktok-platform-fulfilled) (allowed: 1 to 200,000,000)"),
        ("difference_days.mean]", "difference_days.men]",
         "8: responses[1] = 'difference_days.men': is not a known metric; did you mean"
         " 'difference_days.mean'? (allowed: a name of the definitions, such as"
         " delivery_days.mean, delivery_days.p95, on_time_rate, damage_rate, loss_rate)"),
        ("{relative: 10%}", "{relative: 10%, half_width: 0.1}",
         "12: precision.figures.damage_rate: must have one of the two"
         " (allowed: half_width or relative)"),
        ("budget: 40", "budget: 4",
         "13: precision.budget = 4: is less than least = 10 (allowed: 10 or more)"),
        ("precision:", "replications: 5\nprecision:",
         "9: replications = 5: does not go together with precision, which decides how often"
         " (allowed: one of the two)"),
        ("title:", "what_if: peak-seson\ntitle:",
         "2: what_if = 'peak-seson': is no what-if; did you mean 'peak-season'? (allowed: a YAML"
         " file, none, better-packaging, carrier-every-day, carrier-no-weekend, fast-sellers,"
         " hub-closed, late-cutoff, parcel-lockers, peak-season, viral-products, winter-storm)"),
        ("tiktok-seller-direct]", "nowhere.yaml]",
         "1: base[1] = 'nowhere.yaml': there is no such file and no such built-in scenario"
         " (allowed: a path, or one of amazon-fulfillment, tiktok-platform-fulfilled,"
         " tiktok-seller-direct, small-seller)"),
        ("tiktok-seller-direct]", "tiktok-platform-fulfilled]",
         "1: base[1] = 'tiktok-platform-fulfilled': is listed twice"),
        ("  network.carrier.speed_kmh: {", "  runs.seed: {",
         "7: factors.runs.seed: cannot be changed by a study: it is said by the study's own"
         " 'replications', 'precision' and 'seed'"),
    ],
)  # fmt: skip
def test_every_fault_stands_on_its_line(study_file, before, after, fault) -> None:
    assert CUTOFFS.count(before) == 1
    (found,) = faults(study_file(CUTOFFS.replace(before, after)))
    assert found == fault


def test_all_faults_of_factors_are_told_together(study_file) -> None:
    text = CUTOFFS.replace('"20:00"', '"noon"').replace("high: 75", "high: fast")
    assert [fault[:2] for fault in faults(study_file(text))] == ["6:", "7:"]


def test_a_pair_needs_two_bases() -> None:
    with pytest.raises(ValueError, match="is of two networks: give two bases"):
        Study(base="amazon-fulfillment", responses=["difference_days.mean"])


def test_bases_that_differ_in_their_days_are_refused_unless_set_alike(study_file) -> None:
    study_file(
        "name: longer\nas_of: 2023-10-01\nnetwork: {kind: fulfillment-center}\n"
        "promise: {rule: timetable}\ndays: {days: 14}\n",
        "longer.yaml",
    )
    text = "base: [amazon-fulfillment, longer.yaml]\n"
    (fault,) = faults(study_file(text))
    assert fault.startswith("1: base = ")
    assert "longer: days.days = 14: differs from amazon-fulfillment" in fault
    assert fault.endswith("(allowed: the same in every base, or one for all under 'set')")
    load_study(study_file(text + "set:\n  days.days: 7\n"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_studies(path: Path) -> None:
    study = load_study(path)
    assert points_of(study, path.parent)


def test_every_example_stands_in_the_reference_and_the_other_way_round() -> None:
    page = (DOCS / "reference" / "study.md").read_text()
    told = dict(re.findall(r"<!-- file (\S+) -->\n```yaml\n(.*?)```", page, flags=re.S))
    made = ("range-of-", "screening-", "ends-")  # of docs/background/what-matters.md
    expected = [path for path in EXAMPLES if not path.name.startswith(made)]
    assert told == {path.name: path.read_text() for path in expected}


def test_every_field_is_in_the_reference() -> None:
    page = (DOCS / "reference" / "study.md").read_text()
    fields = page.split("## Fields")[1].split("## Factors")[0]
    assert re.findall(r"^\| `(\w+)` \|", fields, flags=re.M) == [*Study.model_fields]
    of_precision = (*Precision.model_fields, *PrecisionTarget.model_fields)
    assert all(f"`{name}`" in fields for name in of_precision)
    designs = re.findall(r"^\| `([\w ]+)` \|", page.split("## Designs")[1], flags=re.M)
    assert designs == [*get_args(Design)]


NONSENSE = (
    "null", "[]", "{}", "''", "x", "-1", "1e400", ".nan", "2024-01-01", "[null]", "[[]]", "true",
    "{low: null, high: 3}", "{low: [], high: {}}", "{law: normal, mean: 80%, sd: x}",
    "{law: lognormal, median: 0.8, log_sd: 1e9}", "{law: 5}", "{values: 5}", "a + b + + c",
    "{low: 0.7, high: 0.9, steps: 20000}",
)  # fmt: skip
FIELDS = (
    *Study.model_fields, "set/network.load", "set/network", "set/orders.products[99].price",
    "factors/network.load", "factors/network", "factors/what_if", "factors/closures",
    "factors/days.first_day", "precision/figures", "precision/budget",
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_nonsense_is_refused_in_words_or_does_no_harm(study_file, field: str) -> None:
    first, _, inner = field.partition("/")
    base = "" if first == "base" else "base: tiktok-platform-fulfilled\n"
    refusals: list[str] = []
    for value in NONSENSE:
        text = f"{first}: {value}" if not inner else f"{first}:\n  {inner}: {value}"
        try:
            load_study(study_file(f"{base}{text}\n"))
        except InputError as error:
            refusals.append(str(error))
    assert not [text for text in refusals if "Error" in text]
    assert len(refusals) >= len(NONSENSE) / 2


def test_figures_without_an_interval_cannot_be_made_precise_or_looked_at_run_by_run(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(
        "base: [amazon-fulfillment, tiktok-seller-direct]\n"
        "responses: [run_correlation, delivery_days.mean]\n"
        "precision: {figures: {parcels: {relative: 1%}}}\n"
    )
    with pytest.raises(InputError) as refused:
        load_study(file)
    found = [(fault.line, fault.field) for fault in refused.value.faults]
    assert found == [(2, "responses[0]"), (3, "precision.figures.parcels")]


def test_a_field_is_found_by_the_path_that_it_had_before() -> None:
    small = centers(days={"days": 1, "warm_up_days": 0, "later_order_days": 9})
    assert changed(small, {"days.cool_down_days": 4}).days.later_order_days == 4
    assert overlap("days.cool_down_days", "days.later_order_days")
