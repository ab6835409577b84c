"""Whole files that are odd (encodings, line ends, bombs), and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

GOOD = """\
name: small
as_of: 2023-10-01
network:
  kind: fulfillment-center
promise:
  rule: timetable
"""


class Odd(NamedTuple):
    """A file. `told`: what the fault says; empty where the file is read like `GOOD`."""

    name: str
    content: bytes
    told: str = ""
    line: int | None = None


def _bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(rows) + "\n" + GOOD


def _merge_bomb() -> str:
    rows = ["a0: &a0 {x: 1}"]
    rows += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 12)]
    return "\n".join(rows) + "\n" + GOOD


def _edit(change: Callable[[str], str]) -> bytes:
    return change(GOOD).encode()


ODD: tuple[Odd, ...] = (
    Odd("a byte order mark", b"\xef\xbb\xbf" + GOOD.encode()),
    Odd("UTF-16, as Windows PowerShell writes it", GOOD.encode("utf-16")),
    Odd("UTF-16, the other way round", b"\xfe\xff" + GOOD.encode("utf-16-be")),
    Odd("UTF-32", GOOD.encode("utf-32")),
    Odd("Windows line ends", _edit(lambda text: text.replace("\n", "\r\n"))),
    Odd("old Mac line ends", _edit(lambda text: text.replace("\n", "\r"))),
    Odd("no line end at the end", GOOD.rstrip().encode()),
    Odd("comments and blank lines", _edit(lambda text: "# x\n\n" + text.replace("\n", " # y\n\n"))),
    Odd("document markers", _edit(lambda text: f"---\n{text}...\n")),
    Odd("the version of YAML", _edit(lambda text: f"%YAML 1.2\n---\n{text}")),
    Odd("names in quotes", _edit(lambda text: text.replace("name", '"name"'))),
    Odd("all in one line", b"{name: small, as_of: 2023-10-01, network: {kind: fulfillment-center},"
                           b" promise: {rule: timetable}}"),
    Odd("JSON", b'{"name": "small", "as_of": "2023-10-01", "network": {"kind":'
                b' "fulfillment-center"}, "promise": {"rule": "timetable"}}'),
    Odd("anchors and merges", b"name: small\nas_of: 2023-10-01\nnetwork: &n {kind: "
                              b"fulfillment-center}\npromise: {<<: {rule: timetable}}\n"),
    Odd("nothing", b"", "the file is empty"),
    Odd("blank lines only", b"\n \n\n", "the file is empty"),
    Odd("a comment only", b"# name: small\n", "the file is empty"),
    Odd("a list", b"- name: small\n", "holds no names at its top level", 1),
    Odd("a word", b"small\n", "holds no names at its top level", 1),
    Odd("two documents", _edit(lambda text: f"{text}---\n{text}"), "expected a single document", 7),
    Odd("tabs for blanks", _edit(lambda text: text.replace("  kind", "\tkind")), "not valid", 4),
    Odd("a name given twice", _edit(lambda text: text + "name: other\n"), "is given twice", 7),
    Odd("a section given twice", _edit(lambda text: text + "network: {}\n"), "is given twice", 7),
    Odd("a bomb of aliases", _bomb().encode(), "expand to too many values"),
    Odd("a bomb of merges", _merge_bomb().encode(), "expand to too many values"),
    Odd("endless nesting", _edit(lambda text: text + "days: " + "[" * 90_000), "nested too deeply"),
    Odd("an alias within itself", _edit(lambda text: text + "days: &d {x: *d}\n"), "nested too", 7),
    Odd("bytes of a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "in UTF-8", 1),
    Odd("Latin-1", _edit(lambda text: text) + "# caf\u00e9\n".encode("latin-1"), "in UTF-8", 7),
    Odd("UTF-16 without a mark", GOOD.encode("utf-16-le"), "not a text file in UTF-8", 1),
    Odd("half of UTF-16", GOOD.encode("utf-16")[:-1], "not a text file in UTF-16"),
    Odd("an older YAML", _edit(lambda text: f"%YAML 1.1\n---\n{text}"), "would change what", 1),
    Odd("tags of its own", _edit(lambda text: f"# x\n%TAG ! y\n---\n{text}"), "would change", 2),
    Odd("very many values", GOOD.encode() + b"x: [" + b"1, " * 100_000 + b"]", "too many values"),
    Odd("a zero byte", GOOD.encode() + b"title: \0\n", "special characters", 7),
    Odd("an escape sequence", GOOD.encode() + b"title: \x1b[31m\n", "special char", 7),
    Odd("six megabytes", GOOD.encode() + b"#" * 6_000_000, "the file is too large"),
    Odd("thousands of faults", GOOD.encode() + b"closures: [" + b"1, " * 9000 + b"]", "must be"),
    Odd("a very long name", GOOD.encode() + b"x" * 100_000 + b": 1\n", "not valid YAML"),
    Odd("a program", _edit(lambda text: text + "title: !!python/object/apply:os.abort []\n"),
        "a tag is not allowed here", 7),
)  # fmt: skip
