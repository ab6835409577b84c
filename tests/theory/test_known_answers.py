"""Cases whose answer is known come out right; and the judge says so only where they do.

What has no chance in it runs always, and so do the quick ones of the rest; `pytest -m slow` and
`python -m benchmarks known_answers` run them all.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.known_answers.__main__ import main
from benchmarks.known_answers.answers import ADDED, AS_IT_IS, SKIPPED, Answer, Rule, answers
from benchmarks.known_answers.cases import simulation_of
from benchmarks.known_answers.judging import Count, Runs, judge
from benchmarks.known_answers.page import PAGE, page
from benchmarks.known_answers.trial import AGREES, try_case
from benchmarks.machine import RESULTS

WITHOUT_CHANCE = ("exact", "numeric")
QUICK = (
    "dmc_c1_rho0.8", "mdc_c1_rho0.8", "mg1_lognormal_rho0.6_scv0.25", "mmc_published_opre5_s6",
    "timetable_irregular_4_per_day", "window_pack_cutoff_dev",
    "attempts_p08",
    "damage_5_touches", "damage_poisson_touches", "damage_grades_loss", "damage_reattempt_dev",
)  # fmt: skip


def cases(quick: bool) -> list[Any]:
    chosen = []
    for answer in answers().values():
        if answer.way != SKIPPED and quick == (
            answer.rule.kind in WITHOUT_CHANCE or answer.id in QUICK
        ):
            chosen.append(pytest.param(answer, id=answer.id))
    return chosen


def assert_agrees(answer: Answer) -> None:
    trial = try_case(answer)
    assert trial.verdict == AGREES, "\n".join(str(one) for one in trial.figures if not one.agrees)


@pytest.mark.parametrize("answer", cases(quick=True))
def test_the_answer_is_right(answer: Answer) -> None:
    assert_agrees(answer)


@pytest.mark.slow
@pytest.mark.parametrize("answer", cases(quick=False))
def test_the_answer_is_right_in_long_runs(answer: Answer) -> None:
    assert_agrees(answer)


def test_every_case_is_run_or_skipped_with_a_reason() -> None:
    known = answers()
    assert len(known) == 152
    for answer in known.values():
        assert answer.way in (AS_IT_IS, ADDED, SKIPPED)
        assert answer.source
        if answer.way == SKIPPED:
            assert len(answer.remark) > 20
            assert simulation_of(answer) is None
        else:
            assert callable(simulation_of(answer))
            assert answer.expected


# The judge bites ---------------------------------------------------------------------------------


def one_figure(rule: Rule, expected: Any, name: str = "hours") -> Answer:
    """A case with a single figure."""
    return Answer("one", "none", "", {}, {name: expected}, rule, "by hand", AS_IT_IS, "")


TWENTY = Runs([10 + (0.1 if r % 2 else -0.1) for r in range(20)])
"""Twenty runs that give 10, give or take 0.1."""

SIGHTINGS = {
    "over runs": (Rule("over runs", relative=0.02), 10.0, TWENTY),
    "binomial": (Rule("binomial"), 0.01, Count(10_000, 1_000_000)),
    "coverage": (Rule("coverage"), 0.8, Count(16_000, 20_000)),
    "numeric": (Rule("numeric", absolute=1e-6), 2.5, 2.5 + 5e-7),
    "exact": (Rule("exact"), 17.0, 17.0),
}


@pytest.mark.parametrize("kind", SIGHTINGS)
def test_a_right_figure_agrees_and_one_that_is_5_percent_off_does_not(kind: str) -> None:
    rule, expected, simulated = SIGHTINGS[kind]
    for shift, agrees in ((1.0, True), (1.05, False), (0.95, False)):
        (verdict,) = judge(one_figure(rule, expected * shift), {"hours": simulated})
        assert verdict.agrees is agrees


@pytest.mark.parametrize(
    "case", ["attempts_p08", "damage_5_touches", "ciw_slotted", "rinott_h_P0.95_n20"]
)
def test_a_simulation_does_not_agree_with_a_wrong_answer(case: str) -> None:
    answer = answers()[case]
    simulate = simulation_of(answer)
    assert simulate is not None
    found = simulate(answer, 1)
    assert all(one.agrees for one in judge(answer, found))
    wrong = replace(answer, expected=shifted(answer.expected, 1.05))
    assert not all(one.agrees for one in judge(wrong, found))


def shifted(value: Any, factor: float) -> Any:
    """Every number of an answer times a factor."""
    if isinstance(value, dict):
        return {key: shifted(one, factor) for key, one in value.items()}
    if isinstance(value, list):
        return [shifted(one, factor) for one in value]
    return value * factor


def test_an_interval_that_is_too_wide_does_not_agree() -> None:
    wide = Runs([10 + (2 if r % 2 else -2) for r in range(20)])
    (verdict,) = judge(one_figure(Rule("over runs", relative=0.02), 10.0), {"hours": wide})
    assert not verdict.agrees
    assert "too wide" in verdict.remark


def test_fewer_than_twenty_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="19 runs, at least 20"):
        judge(one_figure(Rule("over runs"), 1.0), {"hours": Runs([1.0] * 19)})


def test_what_is_too_rare_must_not_be_seen_often() -> None:
    rule, expected = Rule("over runs"), 1e-8
    for seen, agrees in ((0.0, True), (1e-4, False)):
        runs = {"P_wait": Runs([seen] * 20, trials=1_000_000)}
        (verdict,) = judge(one_figure(rule, expected, "P_wait"), runs)
        assert verdict.agrees is agrees


def test_a_figure_that_is_not_simulated_is_an_error() -> None:
    with pytest.raises(KeyError):
        judge(one_figure(Rule("exact"), 1.0), {})


def test_a_case_that_fails_is_tried_again_with_other_luck(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = one_figure(Rule("exact"), 2.0)
    for right, verdict in ((2, AGREES), (3, "disagrees")):
        monkeypatch.setattr(
            "benchmarks.known_answers.trial.simulation_of",
            lambda answer, right=right: lambda a, seed: {"hours": 2.0 if seed == right else 0.0},
        )
        trial = try_case(answer)
        assert trial.verdict == verdict
        assert [one.agrees for one in (*trial.figures, *trial.again)] == [False, right == 2]


# The page ----------------------------------------------------------------------------------------


def test_the_page_holds_what_the_results_hold() -> None:
    results = json.loads((RESULTS / "known_answers.json").read_text())
    assert [one["id"] for one in results["cases"]] == list(answers())
    assert PAGE.read_text() == page(results["cases"])


def test_a_part_of_the_cases_is_run_again_and_the_others_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results, written = tmp_path / "known_answers.json", tmp_path / "page.md"
    where = ["--results", str(tmp_path), "--page", str(written)]
    assert main(["--only", "wilson_newcombe", *where]) == 0
    assert capsys.readouterr().out.count("agrees      4 of 4") == 3
    assert main(["--only", "holidays_2025", *where]) == 0
    assert len(json.loads(results.read_text())["cases"]) == 4
    assert not written.exists()
