"""Words that a U.S. planner would not use stand nowhere: not in help, errors, tables or pages.

Checked are the help of every command; docstrings, comments and texts in the code; templates; the
comments and texts of built-in scenarios and what-ifs; notebooks; and every page. Names do not
count: what is in backticks, and texts without a space, such as the column `left_behind`.

    python tests/test_words.py      lists every phrase that is found, by file
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from logistics.cli import app

ROOT = Path(__file__).parent.parent
CODE = sorted(path for part in ("logistics", "networks") for path in (ROOT / part).rglob("*.py"))
YAML = sorted((ROOT / "logistics" / "scenarios").rglob("*.yaml"))
TEMPLATES = sorted((ROOT / "logistics/report/templates").glob("*.html"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "networks/examples").rglob("*.md")),
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
]
FILES = [*CODE, *YAML, *TEMPLATES, *NOTEBOOKS, *PAGES]

BANNED = (
    # statistics
    (r"\b\d+ of 100\b", "P95, median, a percent"),
    (r"\bof 100 (?:delivered|parcels|orders)\b", "P95, median, a percent"),
    (r"\blies? at or below\b", "P95, median"),
    (r"\b(?:un)?luck(?:y|ily)?\b", "random variation, random draws"),
    (r"\bsurer\b", "more precise, certain"),
    (r"\bfor sure\b", "more precise, certain"),
    (r"\bwhat to doubt\b", "caveats"),
    (r"\bdoubts\b", "caveats"),
    (r"\bremarks?\b", "caveats"),
    (r"\bfrom run to run\b", "between replications"),
    (r"\b(?:assumed|every) figures?\b", "assumption, every value or metric"),
    # home-made nouns
    (r"\bgroundwork\b", "prepared model, prepared"),
    (r"\b(?:made|makes?|making) ready\b", "prepared model, prepared"),
    (r"\bcrews?\b", "worker pool, workers"),
    (r"\bhands\b(?! (?:over|on|out|in|to|them|it)\b)", "worker pool, workers"),
    (r"\brecipes?\b", "run spec"),
    (r"\bgatherings?\b", "accumulator, accumulated"),
    (r"\btaken in\b(?! (?:order|by|the|several)\b)", "accumulator, accumulated"),
    (r"\btall(?:y|ies)\b", "group totals"),
    (r"\brelief\b", "added capacity"),
    (r"\bgaller(?:y|ies)\b", "chart catalog, chart"),
    (r"\bplates?\b", "chart catalog, chart"),
    (r"\bledgers?\b", "Little's law check"),
    (r"\bbreach(?:es|ed)?\b", "violation"),
    (r"\bhappenings?\b", "situation, reference"),
    (r"\breckoning\b", "situation, reference"),
    (r"\bstretch(?:es)?\b", "time slice, segment"),
    (r"\bwant of\b", "out of memory, without"),
    # the trade
    (r"(?<!two )(?<!both )(?<!many )(?<!different )\bways\b", "routes"),
    (r"\bparcel's (?:whole )?way\b", "route"),
    (r"\balong (?:the|its|their|a) way\b", "route"),
    (r"^The way$", "route"),
    (r"\bwhole way\b", "route"),
    (r"\bleft behind\b", "rolled volume"),
    (r"\bleaves? (?:\w+ )?behind\b", "rolled volume"),
    (r"\bdoors? (?:rule|close)s?\b", "loading cutoff"),
    (r"\bfirst scans?\b", "acceptance scan"),
    (r"\bcourier'?s? rounds?\b", "delivery route"),
    (r"\bdelivery rounds?\b", "delivery route"),
    (r"(?<!\| )\brounds\b(?! up| down| to| off)", "delivery route"),
    (r"\bgates?\b", "release window"),
    (r"\b(?:kinds? of|number of|each|every|by) touch(?:es)?\b", "handling"),
    (r"\bmade[- ]up\b", "generated"),
    (r"\b(?:work|jobs?) in hand\b", "in progress"),
    (r"\bcalm day", "ordinary day"),
    (r"\bmean day\b", "average day"),
    (r"\bone a (?:core|run|network|setting|point)\b", "one per core"),
    # telling
    (r"\bstands? already\b", "already exists"),
    (r"\balready stands?\b", "already exists"),
    (r"\bhangs? on\b", "depends on"),
    (r"\b(?:is|are|be|was|were|been|not yet) told\b", "reported, listed"),
    (r"\btold (?:with|apart|by|under|finer|of)\b", "reported, listed"),
    (r"\bnot yet told\b", "not reported"),
    (r"\bgo(?:es|ing)? on with\b", "resume"),
    (r"\bgone on with\b", "resume"),
    (r"\b(?:one|an?) (?:row|line|curve|sheet|file|process|map) an? [a-z]+", "one row per parcel"),
    (r"\banew\b", "again, forever"),
    (r"\bfor ever\b", "again, forever"),
    (r"\bto the full\b", "again, forever"),
    (r"\bdear(?:er|est)? (?:goods|product|luck)\b", "expensive"),
    # spelling
    (
        r"\b(?:centre|colour|kilometre|metre|neighbour|behaviour|favour|programme|catalogue)\w*",
        "U.S. spelling",
    ),
    (r"(?<!Environmental )\b(?:travell|cancell|labell|modell)(?:ed|ing)\b", "U.S. spelling"),
    (r"\butilisation\b", "U.S. spelling"),
    (r"\blicences?\b", "U.S. spelling"),
    (r"\b(?:spelt|learnt|whilst|towards|afterwards|grey)\b", "U.S. spelling"),
)
"""Patterns of what is not said, and what to say instead."""

_PATTERNS = [(re.compile(pattern, re.I), instead) for pattern, instead in BANNED]
_NAMES = re.compile(
    r"<!--.*?-->|``.*?``|`[^`\n]+`|\]\([^)\s]+\)|https?://\S+|<[^>]*>|\{\{.*?\}\}|\{%.*?%\}", re.S
)
_FENCED = re.compile(r"^```.*?^```|^::: \S+", re.M | re.S)


class Text(NamedTuple):
    """A text that somebody reads, and the line on which it begins."""

    line: int
    text: str


def texts_of(path: Path) -> Iterator[Text]:
    """Yield what a file says to its readers."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _of_code(content)
    elif path.suffix == ".md":
        yield Text(1, _FENCED.sub(lambda block: "\n" * block[0].count("\n"), content))
    else:
        yield Text(1, content)


def _of_code(content: str) -> Iterator[Text]:
    """Yield docstrings and other texts with a space, and comments."""
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield Text(node.lineno, re.sub(r"^ *(?:>>>|\.\.\.).*$", "", node.value, flags=re.M))
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type == tokenize.COMMENT:
            yield Text(token.start[0], token.string)


def found_in(texts: Iterator[Text]) -> list[str]:
    """Return one line for each banned phrase: where it is, and what to say instead."""
    found = []
    for first, text in texts:
        plain = _NAMES.sub(lambda name: " " + "\n" * name[0].count("\n"), text)
        for pattern, instead in _PATTERNS:
            for match in pattern.finditer(plain):
                line = first + plain.count("\n", 0, match.start())
                found.append(f"{line}: '{match[0]}': say: {instead}")
    return found


def helps() -> Iterator[tuple[str, str]]:
    """Yield each command with its help and that of its options."""

    def of(name: str, command: Any) -> Iterator[tuple[str, str]]:
        yield name, "\n".join(filter(None, [command.help, *map(_help_of, command.params)]))
        for part, inner in getattr(command, "commands", {}).items():
            yield from of(f"{name} {part}", inner)

    yield from of("logistics", typer.main.get_command(app))


def _help_of(parameter: Any) -> str:
    return getattr(parameter, "help", None) or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_banned_words_in(path: Path) -> None:
    assert not found_in(texts_of(path))


def test_no_banned_words_in_the_help_of_the_commands() -> None:
    told = dict(helps())
    assert len(told) > 15
    for command, text in told.items():
        assert not found_in(iter([Text(1, text)])), command


def test_banned_words_are_found() -> None:
    """The search sees docstrings, texts, comments and pages, and leaves names alone."""
    code = (
        '"""A parcel hangs on luck."""\nx = f"{n} left behind"\ny = "left_behind"\n# by the crew\n'
    )
    assert [line.split(":")[0] for line in found_in(_of_code(code))] == ["1", "1", "2", "4"]
    assert not found_in(iter([Text(1, "The column `first scan` and [a link](ways.md).")]))


def main() -> None:
    """Print every banned phrase, by file."""
    for path in FILES:
        found = found_in(texts_of(path))
        if found:
            print(f"\n{path.relative_to(ROOT)} ({len(found)})")
            print("\n".join(f"  {line}" for line in found))
    for command, text in helps():
        for line in found_in(iter([Text(1, text)])):
            print(f"help of {command}: {line}")


if __name__ == "__main__":
    main()
