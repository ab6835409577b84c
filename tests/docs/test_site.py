"""The documentation builds as a site that opens from the disk and fetches nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with every doubt an error: a lost page, a link that leads nowhere."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_there(site: Path) -> None:
    docs = ROOT / "docs"
    pages = {page.relative_to(docs).with_suffix(".html") for page in docs.rglob("*.md")}
    assert {page for page in pages if not (site / page).is_file()} == set()


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.read_text(encoding="utf-8"))
        fetched = [tag for tag in tags if re.search(r"(?:src|href)=[\"'](?:https?:)?//", tag)]
        assert [tag for tag in fetched if "canonical" not in tag] == [], page.name


def test_the_reference_has_what_the_docstrings_say(site: Path) -> None:
    text = (site / "reference" / "api.html").read_text(encoding="utf-8")
    for sentence in (
        "Send a replication's orders through a scenario's network and return the run",
        "A place where parcels are worked: release window, queue and dwell",
    ):
        assert sentence in re.sub(r"<[^>]+>|\s+", lambda m: " " * m[0].isspace(), text)
