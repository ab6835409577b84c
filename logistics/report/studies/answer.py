"""What a study has found, in sentences: the wide range first, then what drives it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import isfinite, isnan

from logistics.analysis.measures.registry import Definition, Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.uncertainty import least_draws
from logistics.report.text.answer import answer as comparison_answer
from logistics.report.text.caveats import caveats_of, sample_note
from logistics.report.text.ranges import listed, range_sentence
from logistics.report.text.wording import estimate_parts, estimate_text, is_clear
from logistics.studies import effects
from logistics.studies.results import StudyResult

_MOST_NAMED = 3
_FIELD = re.compile(r"\bwhat_if\b|\b(?:network|risks|orders|promise|days)(?:\.\w+)+")
_RANDOM_ONLY = (
    "95% confidence intervals, random variation only: how far metrics move if the same scenarios"
    " are run again. A study with  assumptions: all  shows how far they move with the assumptions"
    " anywhere in their ranges."
)
_ONE_RUN = (
    "One replication per point: small differences may be random, such as one more damaged parcel."
)
_LEAST_PART = 0.05  # of the widest bar: shorter ones are not put in words


def study_answer(result: StudyResult) -> list[str]:
    """Return what to tell first."""
    sentences_of = {
        "latin hypercube": _of_ranges,
        "one at a time": _of_ends,
        "morris": _of_screening,
        "grid": _of_grid,
    }[result.study.chosen_design]
    sentences = list(sentences_of(result)) if len(result.points) > 1 else []
    return in_words(sentences) or comparison_answer(result.first)


def in_words(sentences: Sequence[str]) -> list[str]:
    """Return sentences in which fields are called by their last word, where that is one field's.

    >>> in_words(["network.working_days Mon-Fri: -2 points against what_if none."])
    ['working days Mon-Fri: -2 points against what if none.']
    """
    fields = sorted({field for one in sentences for field in _FIELD.findall(one)})
    last = Counter(field.rpartition(".")[2] for field in fields)
    short = {field: field.rpartition(".")[2] for field in fields}
    words = {field: word.replace("_", " ") for field, word in short.items() if last[word] == 1}
    return [_FIELD.sub(lambda found: words.get(found[0], found[0]), one) for one in sentences]


def study_caveats(result: StudyResult) -> list[str]:
    """Return what may be wrong or missing."""
    labels = {
        one.name: f"{one.name} ({one.label})" if one.label else one.name for one in result.planned
    }
    problems = {
        "could not be run and is left out": result.failures,
        "is not as precise as asked, its budget being spent": result.imprecise,
    }
    said = [note] if (note := sample_note(result.first.run)) else []
    said += [
        f"{labels.get(name, name)} {what}: {why}"
        for what, points in problems.items()
        for name, why in points.items()
    ]
    if missing := len(result.planned) - len(result.points) - len(result.failures):
        said.append(f"{missing} of {len(result.planned)} points have no finished run yet.")
    if not result.study.patterns:
        said.append(_RANDOM_ONLY)
    if len(result.points) > 1 and max(one.replications for one in result.points) == 1:
        said.append(_ONE_RUN)
    first = [line for line in caveats_of(result.first) if "--assumptions" not in line]
    return [*said, *first, *_left_out(result), *_lost_steps(result)]


def change_sentence(change: effects.Change, definition: Definition, first: str) -> str:
    """Return one change in words, with the interval that holds for all together."""
    name = change.point.point.label
    if isnan(change.together.estimate):
        return f"{name}: cannot be compared."
    size = estimate_text(change.together, definition.of_a_change())
    if not change.together.has_interval:
        return f"{name}: {size} against {first}; one replication does not show how sure that is."
    if change.none:
        return f"{name}: no difference from {first} in any run."
    if is_clear(change.together):
        return f"{name}: {size} against {first}."
    return f"{name}: cannot tell {more_runs_words(change.more_runs)} ({size})."


def more_runs_words(more: int | None) -> str:
    """Say what it would take to tell a difference."""
    if more is None:
        return "it from no change"
    return f"yet, about {more:,} more run{'s' * (more != 1)} needed"


def shared_words(result: StudyResult) -> str:
    """Say what the points of a study have in common."""
    if effects.have_same_orders(result):
        return "the same orders and random draws"
    return "the same random draws, but orders that differ as the settings say"


def _what(result: StudyResult, response: Response) -> str:
    """Return what a response is called, and of which network or pair it is."""
    return f"{_who(result, response)}, {response.title}"


def _who(result: StudyResult, response: Response) -> str:
    first = result.first
    known = response.who in first.names or response.who in first.paired
    return first.label(response.who) if known else response.who


def _of_ranges(result: StudyResult) -> Iterator[str]:
    what = "assumptions" if result.study.patterns else "factors"
    for response, found in effects.ranges_of(result).items():
        yield range_sentence(response, found, what, _who(result, response))


def _of_ends(result: StudyResult) -> Iterator[str]:
    for response in result.responses:
        definition = response.definition.of_a_change()
        found = _large(effects.bars(result, response))[:_MOST_NAMED]
        ends = (
            " or ".join(
                f"{estimate_parts(one, definition)[0]} at {value}" for value, one in bar.ends
            )
            for bar in found
        )
        named = [f"{bar.factor} ({end})" for bar, end in zip(found, ends, strict=True)]
        if named:
            yield f"{_what(result, response)}: moved most by {listed(named)}."
        elif effects.bars(result, response):
            yield f"{_what(result, response)}: no input is sure to move it."


def _of_screening(result: StudyResult) -> Iterator[str]:
    for response in result.responses:
        ordered = effects.screened(result, response)
        least = _LEAST_PART * ordered[0].mu_star if ordered else 0.0
        found = [one for one in ordered if one.mu_star > least][:_MOST_NAMED]
        named = [f"{one.name} ({_plain(one.mu_star, response.definition)})" for one in found]
        if named:
            yield (
                f"{_what(result, response)}: moved most by {listed(named)}, each"
                " from one end of its range to the other, on average over where the others are."
            )


def _of_grid(result: StudyResult) -> Iterator[str]:
    """Yield the lowest and the highest point of each response, or its only change."""
    first = result.points[0].point.label
    for response in result.responses:
        found = [
            one for one in effects.changes(result, response) if isfinite(one.together.estimate)
        ]
        if not found:
            yield f"{_what(result, response)}: not reached, so it cannot be compared."
            continue
        low, high = (pick(found, key=lambda one: one.together.estimate) for pick in (min, max))
        ends = [low] if low is high else [low, high]
        said = [change_sentence(one, response.definition, first) for one in ends]
        unsure = sum(not is_clear(one.together) for one in found)
        tail = ""
        if len(found) > len(ends) and unsure:
            tail = f" {unsure} of {len(found)} points do not differ clearly from {first}."
        yield f"{_what(result, response)}: {' '.join(said)}{tail}"


def _left_out(result: StudyResult) -> Iterator[str]:
    """Yield what limits the ranges of the assumptions."""
    if result.study.chosen_design != "latin hypercube":
        return
    ranges = effects.ranges_of(result)
    for response, found in ranges.items():
        if found.left_out:
            yield (
                f"{_what(result, response)}: {found.left_out} draws are left out of its"
                " range, because nothing is delivered in them."
            )
    if not ranges:
        yield f"Only {len(result.points) - 1} draws have finished: a range takes {least_draws()}."


def _lost_steps(result: StudyResult) -> Iterator[str]:
    """Yield of which metrics a screening has not all steps, as many parcels as may not arrive."""
    for response in result.responses:
        found = effects.screened(result, response)
        planned = result.study.trajectories * len(found)
        steps = sum(one.steps for one in found)
        if found and steps < planned:
            yield (
                f"{_what(result, response)}: {planned - steps} of {planned} steps of the"
                " screening are left out, because the metric is not reached or the point has no"
                " run; large effects are missed most."
            )


def _large(found: Sequence[effects.Bar]) -> list[effects.Bar]:
    """Return the bars with an end that is sure to differ, but for those short beside the widest."""
    sure = [bar for bar in found if any(one.estimate and is_clear(one) for _, one in bar.ends)]
    return [bar for bar in sure if bar.width >= _LEAST_PART * sure[0].width]


def _plain(value: float, definition: Definition) -> str:
    return estimate_parts(Estimate(value), definition.of_a_change())[0].removeprefix("+")
