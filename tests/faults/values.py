"""What is put into a field, by kind of fault: raw YAML text, and what it says by the book.

`says` is the value that YAML 1.2 gives the text, written down by hand, so that the reader under
test has no part in it; `BROKEN` where no value may come of it, whatever the field.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple

BROKEN = object()


class Injection(NamedTuple):
    """One value to try: its kind of fault, its text in the file, and what that says."""

    kind: str
    raw: str
    says: Any


def _text(kind: str, *texts: str) -> Iterator[Injection]:
    """Yield texts in quotes."""
    for text in texts:
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        yield Injection(kind, f'"{quoted}"', text)


_HUGE = "9" * 30
_LONG = "x" * 20_000

EVERYWHERE: tuple[Injection, ...] = (
    Injection("not a number", ".nan", float("nan")),
    Injection("not a number", ".NaN", float("nan")),
    *_text("not a number", "nan", "NaN %", "nan h", "nan km", "nan kg"),
    Injection("infinite", ".inf", float("inf")),
    Injection("infinite", "-.inf", float("-inf")),
    Injection("infinite", "1e999", float("inf")),
    *_text("infinite", "inf", "-inf", "Infinity", "inf h", "inf%", "inf km", "1e999 kg"),
    Injection("negative", "-1", -1),
    Injection("negative", "-0.5", -0.5),
    Injection("negative", "-1e-300", -1e-300),
    *_text("negative", "-1", "-1 h", "-5%", "-300 km", "-0.4 kg", "-08:00", "-1 day"),
    Injection("zero", "0", 0),
    Injection("zero", "0.0", 0.0),
    Injection("zero", "-0.0", -0.0),
    *_text("zero", "0", "0 s", "0%", "0 km", "0 kg", "0.0001 ms"),
    Injection("tiny", "5e-324", 5e-324),
    Injection("tiny", "1e-12", 1e-12),
    *_text("tiny", "0.000000000000000000000000000001%", "1 ms", "1e-300 kg", "0.001 km"),
    Injection("huge", _HUGE, int(_HUGE)),
    Injection("huge", f"-{_HUGE}", -int(_HUGE)),
    Injection("huge", "1e308", 1e308),
    Injection("huge", "1000000000000", 10**12),
    Injection("huge", "9" * 5000, BROKEN),
    Injection("huge", "2147483648", 2**31),
    *_text("huge", "9999999 days", "3653 days", "1e300 km", "1e300 kg", "99999%", _HUGE + " h"),
    *_text("huge", "49 h", "15 days", "3000 km", "99 kg"),
    Injection("absurd", "5.5", 5.5),
    Injection("absurd", "0.999999", 0.999999),
    Injection("absurd", "86399", 86399),
    *_text("absurd", "99:99", "24:01", "25:00", "12:60", "8", "2pm", "noon", "Mon-", "Mon-Fri-Sun"),
    *_text("absurd", "Someday", "2023-02-30", "2023-13-01", "9/18/2023", "tomorrow", "101%"),
    *_text("absurd", "24:00", "00:00", "23:59", "0001-01-01", "9999-12-31", "1883-11-18"),
    *_text("absurd", "0001-01-01 00:00", "9999-12-31 23:59", "2023-09-18 24:00", "Mon", "daily"),
    Injection("wrong type", "true", True),
    Injection("wrong type", "false", False),
    Injection("wrong type", "2023-10-01", date(2023, 10, 1)),
    Injection("wrong type", "1", 1),
    Injection("wrong type", "3", 3),
    *_text("wrong type", "many", "1", "5.5", "true", "null", "[]", "{}", "None", "2023-W40-1"),
    *_text("wrong unit", "3 fortnights", "3 days 4", "3", "5 kg", "5 h", "300 km", "3 d 5 d"),
    *_text("wrong unit", "50 permille", "5 %%", "% 5", "300 parsec", "300 m", "3 stone", "5 m 3 h"),
    Injection("empty", "", None),
    Injection("empty", "~", None),
    Injection("empty", "null", None),
    Injection("empty", "[]", []),
    Injection("empty", "{}", {}),
    *_text("empty", "", " ", "\n", "\u00a0", "\u200b"),
    *_text("wrong case", "FAST", "Timetable", "BUSINESS DAYS", "Federal", "NONE", "5 KM", "2 H"),
    *_text("wrong case", "MON-FRI", "DAILY", "True", "0.4 KG"),
    *_text("other digits", "٣", "３", "５%", "٣ h", "１４:００", "3²", "２０２３-10-01", "½", "Ⅳ"),
    *_text("other digits", "٣00 km", "٠.٤ kg", "1０:00", "5\u066a", "−5", "1\u202f000"),
    *_text("very long", _LONG, "9" * 1000 + " h", "1" + "0" * 300 + "%", "Mon " * 5000),
    *_text("very long", "1h" * 9000, "-" * 9999, "12:" * 999, "2023-" * 999),
    Injection("odd text", "\u0000", BROKEN),
    Injection("odd text", '"\u001b[31mred"', BROKEN),
    Injection("odd text", '"\u0007"', BROKEN),
    Injection("odd text", r'"\0"', "\0"),
    Injection("odd text", r'"\e[31mred"', "\u001b[31mred"),
    *_text("odd text", "two\nlines", "\u202egnirts", "x\ty", " 3 days "),
    *_text("odd text", "../../etc/passwd", "=1+1", "<script>", "%s%n", "${HOME}", "💥", "'; --"),
    Injection("nested", "[[1]]", [[1]]),
    Injection("nested", "[1, 2]", [1, 2]),
    Injection("nested", '["14:00"]', ["14:00"]),
    Injection("nested", "{value: 1}", {"value": 1}),
    Injection("nested", "{kind: fulfillment-center}", {"kind": "fulfillment-center"}),
    Injection("nested", "{1: 2, 7.5: x}", {1: 2, 7.5: "x"}),
    Injection("nested", "[.nan, .inf, -1]", [float("nan"), float("inf"), -1]),
    Injection("nested", "[null]", [None]),
    Injection("nested", "[{}, {}]", [{}, {}]),
    Injection("nested", "[" * 80 + "]" * 80, BROKEN),
    Injection("nested", "[" + ", ".join(["1"] * 2000) + "]", [1] * 2000),
    Injection("YAML number", "0o17", 15),
    Injection("YAML number", "017", 17),
    Injection("YAML number", "08", 8),
    Injection("YAML number", "0x1F", 31),
    Injection("YAML number", "0b11", 3),
    Injection("YAML number", "1_000", 1000),
    Injection("YAML number", "+5", 5),
    Injection("YAML number", "5.", 5.0),
    Injection("YAML number", ".5", 0.5),
    Injection("YAML number", "1e3", 1000.0),
    Injection("YAML number", "1,000", "1,000"),
    Injection("YAML text", "NO", "NO"),
    Injection("YAML text", "yes", "yes"),
    Injection("YAML text", "on", "on"),
    Injection("YAML text", "Off", "Off"),
    Injection("YAML text", "14:00", "14:00"),
    Injection("YAML text", "14:00:30", "14:00:30"),
    Injection("YAML text", "1:2", "1:2"),
    Injection("YAML text", "=", "="),
    Injection("YAML text", "Mon-Fri", "Mon-Fri"),
    Injection("YAML text", "3 days # a comment", "3 days"),
    Injection("YAML text", ">-\n              3\n              days", "3 days"),
    Injection("YAML text", "|\n              3 days", "3 days\n"),
    Injection("YAML text", "'it''s'", "it's"),
    Injection("YAML text", r'"\x41\u0042"', "AB"),
    Injection("YAML text", r'"\ud800"', BROKEN),
    Injection("YAML text", r'"\q"', BROKEN),
    Injection("YAML text", "@at", BROKEN),
    Injection("YAML text", "`tick", BROKEN),
    Injection("YAML text", "%TAG", BROKEN),
    Injection("YAML text", "'open", BROKEN),
    Injection("YAML text", "a: b: c", BROKEN),
    Injection("YAML text", "[1, 2", BROKEN),
    Injection("YAML text", "- 1", BROKEN),
    Injection("YAML text", "\tx", BROKEN),
    Injection("YAML text", "\n\tx: 1", BROKEN),
    Injection("YAML date", "2023-10-01 12:30:00", datetime(2023, 10, 1, 12, 30)),
    Injection("YAML date", "2023-10-01T12:30:30.5", datetime(2023, 10, 1, 12, 30, 30, 500_000)),
    Injection(
        "YAML date",
        "2023-10-01T12:30:00+02:00",
        datetime(2023, 10, 1, 12, 30, tzinfo=timezone(timedelta(hours=2))),
    ),
    Injection("YAML date", "2023-10-01 12:30", "2023-10-01 12:30"),
    Injection("YAML date", "2023-1-1", "2023-1-1"),
    Injection("YAML date", "20231001", 20231001),
    Injection("YAML date", '"20231001"', "20231001"),
    Injection("YAML date", "2023-02-30", BROKEN),
    Injection("YAML date", "2023-10-01 25:00:00", BROKEN),
    Injection("YAML tag", "!!str 5", "5"),
    Injection("YAML tag", '!!int "5"', 5),
    Injection("YAML tag", "!!int five", BROKEN),
    Injection("YAML tag", '!!float "5"', 5.0),
    Injection("YAML tag", '!!float ".nan"', float("nan")),
    Injection("YAML tag", "!!null x", None),
    Injection("YAML tag", "!!bool maybe", BROKEN),
    Injection("YAML tag", "!!timestamp x", BROKEN),
    Injection("YAML tag", "!!binary aGVsbG8=", BROKEN),
    Injection("YAML tag", "!!set {a, b}", BROKEN),
    Injection("YAML tag", "!!omap [a: 1]", BROKEN),
    Injection("YAML tag", "!secret 5", BROKEN),
    Injection("YAML tag", "!!python/object/apply:os.system [ls]", BROKEN),
    Injection("YAML alias", "*nowhere", BROKEN),
    Injection("YAML alias", "&one 1", 1),
    Injection("YAML alias", "&loop [*loop]", BROKEN),
    Injection("YAML alias", "[&x [&y [&z [x], *z], *y], *x]",
              [[[["x"], ["x"]], [["x"], ["x"]]], [[["x"], ["x"]], [["x"], ["x"]]]]),
    Injection("YAML alias", "{<<: {value: 1}}", {"value": 1}),
    Injection("YAML alias", "{<<: 5}", BROKEN),
    Injection("YAML alias", "{<<: &loop {<<: *loop}}", BROKEN),
    Injection("YAML alias", "{a: 1, a: 2}", BROKEN),
    Injection("YAML alias", "{[1]: 2}", BROKEN),
)  # fmt: skip

UNKNOWN_NAMES = ("xyzzy", "Kind", "__class__", '"naïve name"', "1", "null", '"a.b"', '"[0]"')


def kinds() -> tuple[str, ...]:
    """Return the kinds of fault, in order."""
    return tuple(dict.fromkeys(one.kind for one in EVERYWHERE))
