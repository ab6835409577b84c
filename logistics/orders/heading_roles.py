"""What the words of a heading say its column may hold, and how clearly.

Each role has patterns, the clearest first, and words that rule it out: 'Ship To - Postal Code' is
the market before 'Billing Zip', and 'Shipped On Date' never says when an order was placed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from zoneinfo import available_timezones

_SAME_WORDS = (
    ("from", r"shippers?|consignors?|senders?|origins?|dispatch(?:ed)? from"),
    ("suborder", r"(?:sub|child|split) ?orders?"),
    (
        "ship",
        r"ship|shipp\w*|shipment|shipto|recipient|deliver\w*|dest\w*|consignee|receiver|envios?|"
        r"enviad[ao]|entreg\w*|versand\w*|versend\w*|liefer\w*|expedition|livraison|spedizione",
    ),
    ("id", r"ids?|numbers?|no|num|nr|nbr|key|ref|reference|code"),
    (
        "zip",
        r"(?:zip|postal|post) ?(?:id|codes?)|zip ?[0-9]|zips?|postal|zcta|plz",
    ),
    ("date", r"dates?|time|datetime|timestamp|ts|dt|at|on|day"),
    ("pay", r"bill|bill(?:ing|to)|pay|paid|pay(?:er|ment)|buyer|approv\w*"),
    ("product", r"products?|line ?items?|items?|articles?|listing"),
    ("order", r"orders?|ordered|purchased?"),
    ("create", r"created?|creation|placed"),
    ("customer", r"customer|cust|client"),
)
"""Words that mean the same in a heading, later ones after earlier ones have been replaced."""

_FUSED = re.compile(r"\b(order|created?)(id|number|num|no|date|time|timestamp|at|status)\b")
_ELSEWHERE = (
    r"from|sellers?|return\w*|warehouses?|wh|product|tax|stores?|shops?|merchant|vendor|supplier|"
    r"location|fulfill?ment|fulfill?ed|service|status|fees?|cost|price|node|dc|fc|hub|depot|"
    r"facility|pick ?up|collection|distribution|center|branch|plant|carrier"
)


def _of_address(what: str) -> tuple[str, ...]:
    """Return patterns of a part of an address: shipped to, of the order, plain, and billed last."""
    not_paid = r"(?!.*\bpay\b)"
    kinds = (
        r".*\bship\b",
        rf"{not_paid}.*\border\b",
        rf"{not_paid}.*\bcustomer\b",
        rf"{not_paid}(?!.*\bcustomer\b)",
        "",
    )
    return tuple(rf"^(?=.*\b(?:{what})\b)(?={kind})" for kind in kinds)


PLAIN, BILLED = 3, 4
"""The ranks of a part of an address that does not say whose it is, and of whoever pays."""

_CANCEL = r"(?:was )?(?:order )?(?:cancell?ed|cancell?ation|voided|void)(?: order)?"

_ROLES = {
    "order_id": (
        (r"^(?:order id|id order|order)$", r"^order id\b", r"^(?!.*\bparent\b).*\border id\b",
         r"\bparent order\b",
         r"\b(?:sales?|so|po|receipt|transaction|invoice|confirmation)\b.*\bid\b",
         r"\bsuborder(?: id)?\b", r"^id$"),
        r"product|customer(?! order)|user|sku|seller|store|pay|track\w*|date|zip|status|"
        r"quantity|count|discount|tax|ship|from|type",
    ),
    "ordered_at": (
        (r"^(?:order )+(?:create )?date\b|^date order$",
         r"^(?!.*\bpay\b)(?:.*\border\b.*\b(?:date|create)\b|.*\bdate\b.*\border\b)",
         r"^(?!.*\bpay\b).*\bcreate\b",
         r"^(?!.*\bpay\b).*\b(?:sale|sold|transaction|checkout)\b.*\bdate\b",
         r"^date(?: date)?$", r"\bpay\b.*\bdate\b|\bdate pay\b"),
        r"ship|cancel\w*|refund\w*|return\w*|updat\w*|modif\w*|estimat\w*|promis\w*|due|fulfil\w*|"
        r"print\w*|expect\w*|limit|dispatch\w*|carrier|schedul\w*|expir\w*|last|first|rts|handling|"
        r"requir\w*|process\w*|pick\w*|pack\w*|clos\w*|archiv\w*|import\w*|export\w*|complet\w*|zone|days|week|month|year|hours?|by|status|amount|"
        r"labels?|track\w*|product|sku|arriv\w*|receiv\w*|invoic\w*|customer (?:date|create|since)|"
        r"account|users?|subscription|birth\w*|sign\w*|regist\w*|settle\w*|payouts?|deposit\w*|"
        r"download\w*|report\w*|sync\w*|scan\w*|manifest\w*|eta|etd|transit|deadline|sent|batch|"
        r"file|from|event|note|review",
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
        (r"^order status$", r"^status$", r"\b(?:order|sale|financial|pay)\b.*\bstatus\b",
         rf"^(?:is )?{_CANCEL}$|^{_CANCEL} status$",
         r"^(?:order|transaction|sale|record|row|document|event|line)? ?type$"),
        r"product|tax|sub",
    ),
    "canceled_at": (
        (r"\b(?:cancel\w*|voided)\b.*\bdate\b|\bdate\b.*\b(?:cancel\w*|voided)\b",
         rf"^(?:is )?{_CANCEL}(?: flag| yn)?$"),
        r"reason|by|return|request\w*|before|until|deadline|polic\w*",
    ),
    "ships": (
        (r"\b(?:requires?|needs) ship\b", r"\b(?:shippable|physical)\b"), r"cost|price|method",
    ),
}  # fmt: skip

ROLES = tuple(_ROLES)
PARENT, ID = 3, 6
"""Ranks of the id of a parent order, and of one that does not say of what."""
STATUS, TYPE = 2, 4
"""The last rank of a status proper, and that of a type of rows."""


@cache
def words_of(heading: str) -> str:
    """Return the words of a heading, those that mean the same as one: 'ship zip', 'order id'."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading.replace("#", " no "))
    plain = unicodedata.normalize("NFKD", re.sub(r"[\W_]", " ", parted).casefold())
    words = " ".join(re.sub("[\u0300-\u036f]", "", plain).split())
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


_MOST_HOURS = 12
_ZONES = {
    "UTC": "utc|gmt|zulu",
    "America/New_York": "est|edt|et|eastern",
    "America/Chicago": "cst|cdt|ct|central",
    "America/Denver": "mst|mdt|mt|mountain",
    "America/Los_Angeles": "pst|pdt|pt|pacific",
    "America/Anchorage": "akst|akdt|alaska",
    "Pacific/Honolulu": "hst|hawaii",
    "America/Phoenix": "arizona",
}
"""Words of a heading by the time zone of its cells."""


@cache
def time_zone_of(heading: str) -> str:
    """Return the time zone that a heading names for its times, empty for none.

    >>> time_zone_of("created_at_utc"), time_zone_of("Created (UTC-05:00)"), time_zone_of("Date")
    ('UTC', 'Etc/GMT+5', '')
    """
    named = set(re.findall(r"[A-Za-z_]+(?:/[A-Za-z_]+)+", heading)) & available_timezones()
    if named:
        return str(min(named))
    if offset := re.search(r"(?:UTC|GMT) ?([+-])(\d{1,2})(?::?00)?(?![\d:])", heading, re.I):
        hours = int(offset[2])
        sign = "-" if offset[1] == "+" else "+"  # as the names of these zones count
        return f"Etc/GMT{sign}{hours}" if 0 < hours <= _MOST_HOURS else "UTC" if not hours else ""
    if re.search(r"(?:UTC|GMT) ?[+-]", heading, re.I):
        return ""
    words = words_of(heading)
    return next((name for name, one in _ZONES.items() if re.search(rf"\b(?:{one})\b", words)), "")
