"""Scenarios by name: cut short, by label, misspelled, beside files of the same name."""

from pathlib import Path

import pytest
from small_scenarios import sellers

from logistics.scenario.load import (
    builtin_scenarios,
    find_scenario,
    load_scenario,
    scenario_names,
)
from networks.inputs.faults import InputError
from networks.inputs.yaml_writer import write_yaml

AMAZON, PLATFORM, SELLERS = builtin_scenarios()


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("amazon", AMAZON), ("AMAZON", AMAZON), ("tiktok-s", SELLERS), ("sellers", SELLERS),
        ("TikTok warehouses", PLATFORM), ("platform", PLATFORM), ("small", "small-seller"),
    ],
)  # fmt: skip
def test_a_name_may_be_cut_short_or_be_the_label(word: str, name: str) -> None:
    assert load_scenario(word).name == name


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("amazon-fullfilment", "did you mean 'amazon-fulfillment'?"),
        ("tiktok-platfrom-fulfilled", "did you mean 'tiktok-platform-fulfilled'?"),
        ("tiktok", f"may be {PLATFORM} or {SELLERS}: type more of it"),
        ("nowhere.yaml", "there is no such file"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_is_meant(word: str, problem: str) -> None:
    with pytest.raises(InputError, match=word) as caught:
        load_scenario(word)
    assert problem in str(caught.value)
    assert str(caught.value).endswith(f"one of {', '.join(scenario_names())})")


def test_a_file_wins_over_a_name_cut_short_but_not_over_a_name(tmp_path: Path) -> None:
    for name in ("amazon", AMAZON):
        (tmp_path / name).write_text(write_yaml(sellers()))
    assert find_scenario("amazon", tmp_path) == tmp_path / "amazon"
    assert find_scenario(AMAZON, tmp_path) == AMAZON
