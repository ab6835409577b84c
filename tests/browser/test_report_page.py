"""The page in a real browser: nothing leaves it, nothing overlaps, it can be copied and printed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whole_comparisons import FACILITIES, WORLDS, World, three_networks, whole_comparison

from logistics.analysis.comparison import Comparison
from logistics.report.page import Live, page
from logistics.report.pictures.catalog import charts
from logistics.report.pictures.interactive import interactive_charts
from logistics.report.rendering import library_apart
from logistics.report.tables.provenance import Background
from logistics.report.text.assumptions import assumptions
from logistics.scenario.load import load_scenario

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip

DRAWN = "html[data-drawn=all]"

OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg.picture")) {
    const texts = Array.from(svg.querySelectorAll("text")).filter(
      one => one.textContent.trim() && getComputedStyle(one).opacity > 0
             && one.getAttribute("opacity") !== "0");
    const boxes = texts.map(one => one.getBoundingClientRect());
    for (let i = 0; i < boxes.length; i++)
      for (let j = i + 1; j < boxes.length; j++) {
        const [a, b] = [boxes[i], boxes[j]];
        const halo = texts[i].textContent === texts[j].textContent && a.left === b.left;
        if (halo) continue;  // a text and the white around it
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        const line = Math.min(a.height, b.height);
        if (wide > 1 && high > 0.35 * line)
          found.push(svg.getAttribute("aria-labelledby") + ": " + texts[i].textContent
                     + " | " + texts[j].textContent);
      }
  }
  return found;
}"""

OUTSIDE = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg.picture")) {
    const frame = svg.getBoundingClientRect();
    for (const one of svg.querySelectorAll("text")) {
      const box = one.getBoundingClientRect();
      if (one.textContent.trim() && box.width
          && (box.left < frame.left - 1 || box.right > frame.right + 1
              || box.top < frame.top - 1 || box.bottom > frame.bottom + 1))
        found.push(svg.getAttribute("aria-labelledby") + ": " + one.textContent);
    }
  }
  return found;
}"""


def html_of(result: Comparison) -> str:
    scenarios = [load_scenario("amazon-fulfillment").replace(name=name) for name in result.names]
    drawn = list(charts(result, dict.fromkeys(result.names, FACILITIES)))
    background = Background(assumptions(scenarios), "logistics compare a b c")
    facilities = dict.fromkeys(result.names, FACILITIES)
    live = Live(interactive_charts(result, facilities), library_apart())
    return page(result, drawn, background, live)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html_of(three_networks()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with playwright.sync_playwright() as player:
        started = player.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield started
        started.close()


@pytest.fixture
def shown(browser: Any, report: Path) -> Iterator[Any]:
    """The page in a window, with what it asked for and what it complained of."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    sheet = context.new_page()
    sheet.asked, sheet.said = [], []
    sheet.on("request", lambda request: sheet.asked.append(request.url))
    sheet.on("console", lambda message: sheet.said.append(message.text))
    sheet.on("pageerror", lambda error: sheet.said.append(str(error)))
    sheet.goto(report.as_uri())
    sheet.wait_for_selector(DRAWN, state="attached")
    yield sheet
    context.close()


def test_no_request_leaves_the_page_and_nothing_is_complained_of(shown: Any, report: Path) -> None:
    assert report.stat().st_size < 5_000_000
    shown.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    shown.locator("#bottlenecks button.copy").first.click()
    shown.wait_for_timeout(300)
    assert shown.asked == [report.as_uri()]
    assert shown.said == []


def test_the_answer_is_on_the_first_screen(shown: Any) -> None:
    bottoms = shown.evaluate("""() => Array.from(
      document.querySelectorAll("h1, .tile, #answer .chart, #answer .split > div:last-child p"),
      one => one.getBoundingClientRect().bottom)""")
    assert len(bottoms) >= 6
    assert max(bottoms) <= 900


def test_a_switch_changes_the_chart(shown: Any) -> None:
    box = shown.locator(".chart[data-chart=why]")
    assert shown.locator(".live.drawn").count() == 6
    assert not shown.locator("#why .still").is_visible()
    before = box.locator("svg").inner_html()
    choices = box.locator("select option").all_inner_texts()
    box.locator("select").select_option(label=next(one for one in choices if "next-day" not in one))
    shown.wait_for_timeout(200)
    assert box.locator("svg").inner_html() != before
    assert shown.said == []


def test_a_market_is_found_by_its_zip_code_or_its_city(shown: Any) -> None:
    search, found = shown.locator("#market"), shown.locator("#market-found")
    search.fill("23220")
    assert found.locator("caption").all_inner_texts() == ["Richmond, VA (ZIP codes 232..)"]
    rows = found.locator("tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == list(WORLDS)
    search.fill("portland")
    assert found.locator("caption").all_inner_texts() == [
        "Portland, ME (ZIP codes 041..)", "Portland, OR (ZIP codes 972..)",
    ]  # fmt: skip
    search.fill("nowhere at all")
    assert found.inner_text() == "No market of that name had orders."


def test_a_click_on_a_head_sorts_within_each_network(shown: Any) -> None:
    table = shown.locator("#table-bottlenecks")
    table.locator("button.sort", has_text="parcels a day").click()
    parts: list[list[float]] = []
    for row in table.locator("tbody tr").all():
        if "part" in (row.get_attribute("class") or ""):
            parts.append([])
        else:
            parts[-1].append(float(row.locator("td").nth(3).inner_text().replace(",", "")))
    assert len(parts) == len(WORLDS)
    assert all(one == sorted(one, reverse=True) for one in parts)
    assert table.locator("[aria-sort=descending]").count() == 1


def test_without_scripts_pictures_stand_in_for_the_charts(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    sheet = context.new_page()
    sheet.goto(report.as_uri())
    assert sheet.locator("#why .still svg").is_visible()
    assert not sheet.locator("#why .chart").is_visible()
    context.close()


@pytest.mark.slow
def test_a_script_that_is_not_the_pages_own_does_not_run(browser: Any, report: Path) -> None:
    evil = report.with_name("evil.html")
    planted = report.read_text(encoding="utf-8").replace(
        "</main>", "<script>document.title = 'taken'</script></main>"
    )
    evil.write_text(planted, encoding="utf-8")
    sheet = browser.new_page()
    sheet.goto(evil.as_uri())
    assert sheet.title().startswith("Fastest: next-day")
    sheet.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 800, 400])
def test_the_page_is_not_wider_than_the_window(shown: Any, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": 900})
    shown.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    wide = shown.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


@pytest.mark.slow
def test_on_a_phone_definitions_wrap_within_what_is_seen(shown: Any) -> None:
    shown.set_viewport_size({"width": 400, "height": 900})
    shown.locator("#methods > summary").click()
    ends = shown.evaluate("""() => Array.from(document.querySelectorAll(".part .note"),
      one => one.getBoundingClientRect().right)""")
    assert len(ends) > 5
    assert max(ends) <= 400


def test_texts_of_pictures_stand_apart_and_inside(browser: Any, report: Path) -> None:
    shown = pictures_of(browser, report)
    assert shown.evaluate("document.querySelectorAll('svg.picture text').length") > 250
    assert shown.evaluate(OVERLAPS) == []
    assert shown.evaluate(OUTSIDE) == []


@pytest.mark.slow
def test_many_networks_with_long_names_stand_apart_too(browser: Any, tmp_path: Path) -> None:
    names = {f"network number {n} of six - a rather long name": 1.0 + n / 4 for n in range(6)}
    path = tmp_path / "many.html"
    result = whole_comparison(World(names, runs=2, parcels=8_000))
    path.write_text(html_of(result), encoding="utf-8")
    sheet = pictures_of(browser, path)
    assert sheet.evaluate(OVERLAPS) == []
    assert sheet.evaluate(OUTSIDE) == []
    assert sheet.evaluate("document.documentElement.scrollWidth") <= 1280
    sheet.close()


@pytest.mark.slow
def test_a_table_is_copied_as_a_spreadsheet_takes_it(browser: Any, report: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    sheet = context.new_page()
    sheet.goto(report.as_uri())
    sheet.locator("#why summary", has_text="Hours by cause").click()
    button = sheet.locator("#table-causes button.copy")
    button.click()
    assert button.inner_text() == "Copied"
    lines = sheet.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0].split("\t") == ["", *WORLDS]
    assert lines[1] == "All delivered parcels"
    assert re.fullmatch(r"closed hours(\t\d+\.\d){3}", lines[2])
    assert len(lines) == sheet.locator("#table-causes tr").count()
    context.close()


@pytest.mark.slow
def test_contents_and_captions_lead_somewhere(shown: Any) -> None:
    shown.locator("nav a", has_text="Damage").click()
    top = shown.evaluate("document.querySelector('#damage').getBoundingClientRect().top")
    assert abs(top) < 60  # below the contents, which stay
    names = shown.evaluate(
        "Array.from(document.querySelectorAll('svg.picture'), one =>"
        " document.getElementById(one.getAttribute('aria-labelledby')).textContent.trim().length)"
    )
    assert min(names) > 20


@pytest.mark.slow
def test_words_can_be_read_on_their_ground(shown: Any) -> None:
    contrasts = shown.evaluate("""() => {
      const light = color => {
        const parts = color.match(/[\\d.]+/g).slice(0, 3).map(Number).map(one => {
          const part = one / 255;
          return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
      };
      const ground = one => {
        for (; one; one = one.parentElement) {
          const color = getComputedStyle(one).backgroundColor;
          if (color !== "rgba(0, 0, 0, 0)") return color;
        }
        return "rgb(255, 255, 255)";
      };
      const kinds = "p, li, a, th, td, h1, h2, h3, span, button, caption";
      return Array.from(document.querySelectorAll(kinds))
        .filter(one => one.offsetParent && one.textContent.trim())
        .filter(one => !one.classList.contains("skip"))
        .map(one => {
          const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        });
    }""")
    assert len(contrasts) > 500
    assert min(contrasts) >= 4.5


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_two_pages(shown: Any, paper: str) -> None:
    printed = shown.pdf(format=paper, outline=True, tagged=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", unpacked(printed))) == 2
    assert {"How certain?", "Why", "Where"} <= outline_of(printed)


@pytest.mark.slow
def test_nothing_is_cut_off_on_paper(shown: Any) -> None:
    shown.emulate_media(media="print")
    shown.set_viewport_size({"width": 690, "height": 1000})  # A4 less its margins
    wide = shown.evaluate("""() => Array.from(document.querySelectorAll("table, svg, p, figure"))
     .filter(one => one.getBoundingClientRect().right > 691)
     .map(one => one.outerHTML.slice(0, 80))""")
    assert wide == []


def pictures_of(browser: Any, path: Path) -> Any:
    """The page without scripts, wide, with all that is folded open."""
    html = path.read_text(encoding="utf-8").replace("<details", "<details open")
    still = path.with_name(f"still-{path.name}")
    still.write_text(html, encoding="utf-8")
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, java_script_enabled=False
    )
    sheet = context.new_page()
    sheet.goto(still.as_uri())
    return sheet


def unpacked(pdf: bytes) -> bytes:
    """Return a PDF with its compressed streams read."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def outline_of(pdf: bytes) -> set[str]:
    """Return the titles of a PDF's outline."""
    return {
        found[1].replace(b"\\(", b"(").replace(b"\\)", b")").decode("latin-1")
        for found in re.finditer(rb"/Title \((.*?)\)\s*[/>]", unpacked(pdf))
    }
