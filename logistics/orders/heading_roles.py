"""What the words of a heading say its column may hold, and how clearly.

Each role has patterns, the clearest first, and words that rule it out: 'Ship To - Postal Code' is
the market before 'Billing Zip', and 'Shipped On Date' never says when an order was placed.
"""

from __future__ import annotations

import re
from functools import cache

_SAME_WORDS = (
    ("id", r"ids?|numbers?|no|num|nr|nbr|key|ref|reference|code"),
    (
        "zip",
        r"(?:zip|postal|post) ?(?:id|codes?)|zip ?[0-9]|zips?|postal|zcta",
    ),
    ("date", r"dates?|time|datetime|timestamp|ts|dt|at|on|day"),
    ("ship", r"ship|shipp\w*|shipment|shipto|recipient|deliver\w*|dest\w*|consignee|receiver"),
    ("pay", r"bill|bill(?:ing|to)|pay|paid|pay(?:er|ment)|buyer|approv\w*"),
    ("product", r"products?|line ?items?|items?|articles?|listing"),
    ("order", r"orders?|ordered|purchased?"),
    ("create", r"created?|creation|placed"),
    ("customer", r"customer|cust|client"),
)
"""Words that mean the same in a heading, later ones after earlier ones have been replaced."""

_FUSED = re.compile(r"\b(order|created?)(id|number|num|no|date|time|timestamp|at|status)\b")
_ELSEWHERE = (
    r"from|sender|sellers?|origin|return|warehouse|product|tax|store|merchant|vendor|supplier|"
    r"location|fulfillment|service|status|fees?|cost|price"
)


def _of_address(what: str) -> tuple[str, ...]:
    """Return patterns of a part of an address: shipped to, of the order, plain, and billed last."""
    kinds = (r".*\bship\b", r".*\border\b", r".*\bcustomer\b", r"(?!.*\b(?:pay|customer)\b)", "")
    return tuple(rf"^(?=.*\b(?:{what})\b)(?={kind})" for kind in kinds)


PLAIN = 3
"""The rank of a part of an address that does not say whose it is."""

_ROLES = {
    "order_id": (
        (r"^(?:order id|id order|order)$", r"^order id\b", r"\border id\b",
         r"\b(?:sales?|so|po|receipt|transaction|invoice|confirmation)\b.*\bid\b", r"^id$"),
        r"product|customer(?! order)|user|sku|seller|store|pay|track\w*|date|zip|status|parent|"
        r"quantity|count|discount|tax|ship",
    ),
    "ordered_at": (
        (r"^(?:order )+(?:create )?date\b|^date order$",
         r"^(?!.*\bpay\b)(?:.*\border\b.*\b(?:date|create)\b|.*\bdate\b.*\border\b)",
         r"^(?!.*\bpay\b).*\bcreate\b",
         r"^(?!.*\bpay\b).*\b(?:sale|sold|transaction|checkout|invoice)\b.*\bdate\b",
         r"^date(?: date)?$", r"\bpay\b.*\bdate\b|\bdate pay\b"),
        r"ship|cancel\w*|refund\w*|return\w*|updat\w*|modif\w*|estimat\w*|promis\w*|due|fulfil\w*|"
        r"print\w*|expect\w*|limit|dispatch\w*|carrier|schedul\w*|expir\w*|last|first|rts|handling|"
        r"requir\w*|process\w*|pick\w*|pack\w*|clos\w*|archiv\w*|import\w*|export\w*|complet\w*|zone|days|week|month|year|hours?|by|status|amount",
    ),
    "market": (_of_address("zip"), _ELSEWHERE),
    "product": (
        (r"\b(?:product|sku) (?:name|title)\b|\b(?:name|title) (?:of )?product\b",
         r"^(?:product(?: s)?|title)$", r"\bproduct description\b|^description$",
         r"\bproduct\b.*\b(?:category|type)\b|^category(?: name)?$"),
        r"id|price|qty|quantity|status|tax|weight|url|image|cost|total|zip|country|note",
    ),
    "sku": (
        (r"\bskus?\b", r"\b(?:asin|upc|ean|gtin|custom label)\b",
         r"\b(?:product|variant|part) (?:card )?id\b"),
        r"qty|quantity|price|name|title|subtotal|discount|image|status|count|category|order|zip",
    ),
    "price": (
        (r"\b(?:product|sku|unit|each)\b.*\bprice\b",
         r"^(?:price|(?:sale|selling) price|sold for|(?:product|unit) cost|price each)$"),
        r"ship|tax|total|discount|compare|freight|fees?|gift|subtotal|designation|currency",
    ),
    "parcel_id": (
        (r"\b(?:parcel|package|box|carton|lpn) id\b|^(?:parcel|package|box|carton)$",
         r"\bship id\b", r"\btracking\b(?: id)?"),
        r"weight|status|dimensions?|type|count|product|carrier|url|link|service|provider|date|order",
    ),
    "state": (_of_address("state|province"), _ELSEWHERE),
    "country": (_of_address("country"), _ELSEWHERE),
    "status": (
        (r"^order status$", r"^status$", r"\b(?:order|sale|financial|pay)\b.*\bstatus\b"),
        r"product|tax|sub",
    ),
    "canceled_at": ((r"\bcancel\w*\b.*\bdate\b",), r"reason|by|return"),
    "ships": (
        (r"\b(?:requires?|needs) ship\b", r"\b(?:shippable|physical)\b"), r"cost|price|method",
    ),
}  # fmt: skip

ROLES = tuple(_ROLES)


@cache
def words_of(heading: str) -> str:
    """Return the words of a heading, those that mean the same as one: 'ship zip', 'order id'."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading.replace("#", " no "))
    words = " ".join(re.sub(r"[\W_]", " ", parted).casefold().split())
    words = _FUSED.sub(r"\1 \2", words)
    for word, same in _SAME_WORDS:
        words = re.sub(rf"\b(?:{same})\b", word, words)
    return words


@cache
def rank(heading: str, role: str) -> int | None:
    """Return how clearly a heading names a role, 0 the clearest; None where it does not."""
    if ruled_out(heading, role):
        return None
    patterns, words = _ROLES[role][0], words_of(heading)
    return next((n for n, one in enumerate(patterns) if re.search(one, words)), None)


def ruled_out(heading: str, role: str) -> bool:
    """Tell whether a heading says that its column is something else."""
    return re.search(rf"\b(?:{_ROLES[role][1]})\b", words_of(heading)) is not None


def role_of(heading: str) -> str:
    """Return the role that a heading names most clearly, empty for none."""
    ranks = [(found, role) for role in ROLES if (found := rank(heading, role)) is not None]
    return min(ranks, key=lambda one: one[0])[1] if ranks else ""
