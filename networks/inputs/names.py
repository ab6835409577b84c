"""What a name stands for that somebody wrote in short, or not quite right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from networks.inputs.faults import did_you_mean

_MOST_LISTED = 8
_MOST_MEANT = 3
_ALIKE = 0.75
"""Least likeness of two words, as `difflib` has it."""
_LEAST_PART = 3
"""Letters that find a name they are in the middle of."""


def plain_name(text: str) -> str:
    """Return the words of a name in small letters: 'tiktok-sellers' for 'TikTok sellers'."""
    return "-".join(re.findall(r"[^\W_]+", text.casefold()))


def meant(word: str, names: Mapping[str, str] | Iterable[str]) -> tuple[str, ...]:
    """Return the names that a word may stand for: one, if it is clear.

    It is a name itself, in any case; else how names begin, else a word of them, else a part.
    `names`: with the label of each, if they have one, which serves as well.

    >>> scenarios = {"seller-direct": "TikTok sellers", "platform-direct": ""}
    >>> meant("Seller-Direct", scenarios), meant("sellers", scenarios), meant("direct", scenarios)
    (('seller-direct',), ('seller-direct',), ('seller-direct', 'platform-direct'))
    """
    labels = names if isinstance(names, Mapping) else dict.fromkeys(names, "")
    forms = {name: {plain_name(name), plain_name(label)} for name, label in labels.items()}
    given = plain_name(word)
    rules = (
        lambda form: form == given,
        lambda form: form.startswith(given),
        lambda form: f"-{given}-" in f"-{form}-",
        lambda form: given in form and len(given) >= _LEAST_PART,
    )
    for rule in rules:
        if given and (found := tuple(name for name in forms if any(map(rule, forms[name])))):
            return found
    return ()


def named(word: str, names: Mapping[str, str] | Iterable[str], unknown: str) -> tuple[str, str]:
    """Return the name that a word stands for, or else '' and the problem with it.

    `unknown`: the problem with a word that stands for none.
    """
    found = meant(word, names)
    if len(found) == 1:
        return found[0], ""
    if found:
        others = " or others" * (len(found) > _MOST_LISTED)
        return "", f"may be {' or '.join(found[:_MOST_LISTED])}{others}: type more of it"
    return "", unknown + (did_you_mean(word, names) or _near_a_word(word, names))


def _near_a_word(word: str, names: Mapping[str, str] | Iterable[str]) -> str:
    """Return the end of a problem that names those with a word like this one: 'hub' for 'hubb'."""
    labels = names if isinstance(names, Mapping) else dict.fromkeys(names, "")
    words: dict[str, list[str]] = {}
    for name, label in labels.items():
        for part in {*plain_name(name).split("-"), *plain_name(label).split("-")} - {""}:
            words.setdefault(part, []).append(name)
    near = [
        name
        for close in difflib.get_close_matches(plain_name(word), words, 1, _ALIKE)
        for name in words[close]
    ]
    listed = "' or '".join(near)
    return f"; did you mean '{listed}'?" if 0 < len(near) <= _MOST_MEANT else ""
