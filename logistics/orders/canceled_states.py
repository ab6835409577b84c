"""Which words of an export mean that an order never ships."""

from __future__ import annotations

import re
from collections.abc import Iterable

USUAL = ("canceled", "cancelled", "voided", "failed", "declined", "suspected_fraud")
"""States that later rows, or next month's, may have."""
_MOST = 900

_DENIED = re.compile(
    r"\b(?:not|non|never|no|un|without|partly|part|partial(?:ly)?)(?: (?:yet|been|be|to))* \w+"
    r"|\b(?:return|refund|exchange|dispute|claim|replacement)(?: request)? (?:cancel|void)\w*"
)
"""Words that are said not to be so, or of something else than the order."""
_CANCELED = re.compile(
    r"\b(?:cancell?ed|cancelad[oa]s?|annul\w*|storn\w*|trash\w*|abandon\w*)\b"
    r"|^(?:order )?cancell?ation(?: (?:accepted|approved|completed?|confirmed))?$"
)
_PERHAPS = re.compile(
    r"\b(?:cancel|cancell?ing|void\w*|fail\w*|declin\w*|reject\w*|fraud\w*|expired)\b"
)
_OF_OTHERS = re.compile(
    r"\b(?:cancell?ations?|request\w*|pending|await\w*|deliver\w*|ship\w*|attempt\w*|refund\w*|"
    r"return\w*|labels?|pick ?up|check\w*|review\w*|screen\w*|dispute\w*|exchange\w*|pass\w*|"
    r"clear\w*|item\w*)\b"
)
"""With these words, those that may mean canceled are about something else, or not yet so."""
_NO_SALE = re.compile(r"(?:sales? )?(?:refund|return)s?|credit (?:memo|note)|chargeback")


def canceled_states(states: Iterable[str], *, is_type: bool = False) -> list[str]:
    """Return the states that mean that an order never ships, without repeats.

    A state 'Returned' or 'Refunded' mostly means that it was delivered first. `is_type`: whether
    they are types of rows, where a refund or return is no order.

    >>> canceled_states(["Order canceled by customer", "Not cancelled", "Cancellation requested"])
    ['Order canceled by customer']
    >>> canceled_states(["Sale", "Refund"], is_type=True)
    ['Refund']
    """
    found = {
        one.casefold(): one
        for one in states
        if _is_canceled(_plain(one)) or (is_type and _NO_SALE.fullmatch(_plain(one)))
    }
    return list(found.values())[:_MOST]


def _is_canceled(words: str) -> bool:
    left = _DENIED.sub("", words)
    if _CANCELED.search(left):
        return True
    return _PERHAPS.search(left) is not None and not _OF_OTHERS.search(words)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
