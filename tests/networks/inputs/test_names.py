"""Names cut short, in other letters, or misspelled."""

import pytest

from networks.inputs.faults import nearest
from networks.inputs.names import meant, named

WORLD = {"fast-centers": "Amazon", "slow-sellers": "TikTok sellers", "slow-stores": ""}


@pytest.mark.parametrize("word", ["fast-centers", "FAST centers", "fast", "f", "amazon", "Ama"])
def test_a_name_its_beginning_and_its_label_serve(word: str) -> None:
    assert meant(word, WORLD) == ("fast-centers",)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("sellers", ("slow-sellers",)),
        ("tiktok_sellers", ("slow-sellers",)),
        ("slow", ("slow-sellers", "slow-stores")),
        ("ter", ("fast-centers",)),
        ("er", ()),  # too short for the middle of a name
        ("", ()),
        ("-", ()),
    ],
)
def test_a_word_stands_for_what_has_it(word: str, found: tuple[str, ...]) -> None:
    assert meant(word, WORLD) == found


def test_a_whole_name_is_itself_though_others_begin_like_it() -> None:
    assert meant("hub", ["hub", "hub-closed"]) == ("hub",)


def test_what_is_not_clear_is_told() -> None:
    assert named("sellers", WORLD, "is unknown") == ("slow-sellers", "")
    assert named("slow", WORLD, "is unknown") == (
        "", "may be slow-sellers or slow-stores: type more of it",
    )  # fmt: skip
    assert named("fast-centres", WORLD, "is unknown") == (
        "", "is unknown; did you mean 'fast-centers'?",
    )  # fmt: skip
    assert named("quite another", WORLD, "is unknown") == ("", "is unknown")


def test_the_nearest_word_may_have_its_parts_in_another_order() -> None:
    known = ["within_days.7", "within_days.3", "days"]
    assert nearest("within_3_days", known) == "within_days.3"


def test_a_word_of_a_name_that_is_misspelt_is_enough_for_a_suggestion() -> None:
    for word in ("fasst", "fats", "centres"):
        assert named(word, WORLD, "is unknown") == ("", "is unknown; did you mean 'fast-centers'?")
    both = {"hub-closed": "", "hub-slow": ""}
    assert named("hubb", both, "is none")[1] == "is none; did you mean 'hub-closed' or 'hub-slow'?"
    assert named("anvil", ["vinyl album"], "is none") == ("", "is none"), "not alike enough"
