"""YAML in and out: one small broken text per fault, each on its line, and files that read back."""

from __future__ import annotations

import math
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field, PositiveInt, model_validator

from networks.inputs.faults import InputError
from networks.inputs.local_times import LocalDate, LocalTime, Weekdays
from networks.inputs.models import Parameters, refusal
from networks.inputs.provenance import parameter
from networks.inputs.units import Duration, Kilometres, Share
from networks.inputs.yaml_faults import MAX_FAULTS
from networks.inputs.yaml_reader import MAX_BYTES, read_yaml, read_yaml_text
from networks.inputs.yaml_writer import WIDTH, write_yaml


class Carrier(Enum):
    """Who drives."""

    OWN = "own"
    NATIONAL = "national"


class Seller(Parameters):
    """Sellers who ship themselves."""

    kind: Literal["seller"] = "seller"
    sellers: PositiveInt
    """How many there are."""
    seller: int = 0
    """Spelt like the kind itself."""
    handling: Duration = parameter("2 days", source="Olist, 30,000 orders, 2016 to 2018")
    """Time from order to hand-over."""


class Center(Parameters):
    """A fulfillment center."""

    kind: Literal["center"] = "center"
    opens: LocalTime = "08:00"
    days: Weekdays = "daily"
    workers: tuple[PositiveInt, ...] = (1,)


class Orders(Parameters):
    """What customers ask for."""

    orders_per_day: int = Field(13_200, gt=0, le=20_000)
    """Orders placed on an average day."""
    start: LocalDate | None = None
    damaged: Share = parameter("0.5%", assumed=("0.2%", "2%"))
    """Share of parcels that arrive damaged, of all that arrive, on the ordinary path of a national
    carrier, before anything that a seller's own packaging adds to it."""


class Toy(Parameters):
    """A toy scenario."""

    name: str
    """What it is called."""
    orders: Orders = Orders()
    sources: tuple[Annotated[Seller | Center, Field(discriminator="kind")], ...] = ()
    """Where parcels start."""
    carrier: Carrier = Carrier.NATIONAL
    speed: Literal["slow", "fast"] = "slow"
    reach: Kilometres | None = None
    rates: dict[str, float] = Field(default_factory=dict)
    slots: dict[int, tuple[float, ...]] = Field(default_factory=dict)
    words: tuple[str, ...] = ()
    grid: tuple[tuple[int, ...], ...] = ()
    either: int | str = 0

    @model_validator(mode="after")
    def _fast_needs_reach(self) -> Toy:
        if self.speed == "fast" and self.reach is None:
            raise ValueError("a fast network\nneeds a reach")
        if self.name == self.speed:
            raise refusal("must differ from the speed", "another name", field="name")
        if self.orders.orders_per_day == len(self.words):
            raise refusal("must not be the number of words", field="orders.orders_per_day")
        return self


def faults(text, model=Toy):
    with pytest.raises(InputError) as caught:
        read_yaml_text(text, model, "toy.yaml")
    return caught.value.faults


def lines(text, model=Toy):
    return [str(fault) for fault in faults(text, model)]


def file_fault(path):
    with pytest.raises(InputError) as caught:
        read_yaml(path, Toy)
    (fault,) = caught.value.faults
    assert fault.file == str(path)
    return fault


# What is read


def test_a_file_is_read(tmp_path):
    path = tmp_path / "toy.yaml"
    path.write_text("\ufeffname: caf\u00e9\r\norders:\r\n  orders_per_day: 1_000\r\n", "utf-8")
    toy = read_yaml(path, Toy)
    assert (toy.name, toy.orders.orders_per_day) == ("caf\u00e9", 1000)
    assert read_yaml(str(path), Toy) == toy


def test_yaml_12_keeps_text_as_text():
    toy = read_yaml_text("name: NO\nsources: [{kind: center, opens: 14:00}]\n", Toy, "toy")
    assert toy.name == "NO"
    assert toy.sources[0].opens == "14:00"


def test_anchors_and_merges_are_read():
    text = (
        "name: x\nsources:\n- &one {kind: seller, sellers: 3, handling: 1 h}\n"
        "- <<: *one\n  sellers: 4\n- *one\n- <<: [*one, {kind: center}]\n"
    )
    toy = read_yaml_text(text, Toy, "toy")
    assert [source.sellers for source in toy.sources] == [3, 4, 3, 3]
    assert {source.handling.total_seconds() for source in toy.sources} == {3600}


# Files that cannot be read


def test_no_such_file(tmp_path):
    assert file_fault(tmp_path / "none.yaml").problem == "there is no such file"


def test_a_folder(tmp_path):
    assert file_fault(tmp_path).problem == "is a folder, not a file"


def test_a_file_that_may_not_be_read(monkeypatch, tmp_path):
    # Not by its mode: a test run by root may read everything.
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied", path)

    (tmp_path / "toy.yaml").touch()
    monkeypatch.setattr("networks.inputs.input_files.open", refuse, raising=False)
    assert file_fault(tmp_path / "toy.yaml").problem == "cannot be read: Permission denied"


def test_a_name_that_no_file_can_have():
    assert "cannot be read" in file_fault("a\0b").problem


def test_a_file_that_is_not_utf_8(tmp_path):
    path = tmp_path / "toy.yaml"
    path.write_bytes(b"name: x\n# caf\xe9\n")
    fault = file_fault(path)
    assert (fault.line, fault.problem) == (2, "is not a text file in UTF-8")


def test_a_huge_file(tmp_path):
    path = tmp_path / "toy.yaml"
    path.write_bytes(b"name: x\n#" + b"x" * MAX_BYTES)
    fault = file_fault(path)
    assert (fault.problem, fault.allowed) == ("the file is too large", "up to 5 MB")


# Texts that are no YAML, or too much of it


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", None, "the file is empty"),
        ("# only a comment\n", None, "the file is empty"),
        ("~", 1, "holds no names at its top level"),
        ("\n- a\n- b\n", 2, "holds no names at its top level"),
        ("just text", 1, "holds no names at its top level"),
        ("name: x\nspeed: a: b\n", 2, "is not valid YAML: mapping values are not allowed here"),
        ("name: [1, 2\n", 2, "is not valid YAML"),
        ("name: x\n\tspeed: fast\n", 2, "is not valid YAML"),
        ("name: x\n--- \nname: y\n", 2, "is not valid YAML: expected a single document"),
        ("name: x\nspeed: *speed\n", 2, "is not valid YAML: found undefined alias 'speed'"),
        ("name: x\nspeed: \0\n", 2, "is not valid YAML: special characters are not allowed"),
        ('name: "\\Uffffffff"\n', None, "is not valid YAML"),
        ("name: x\nrates: &r {a: *r}\n", 2, "is nested too deeply"),
        ("name: x\nrates: &r {<<: *r}\n", 2, "is nested too deeply"),
        ("name: " + "[" * 200 + "]" * 200, 1, "is nested too deeply"),
        ("name: " + "[" * 100_000, None, "is nested too deeply"),
    ],
)
def test_a_text_that_is_no_scenario(text, line, problem):
    (fault,) = faults(text)
    assert fault.line == line
    assert fault.problem.startswith(problem)


def test_aliases_of_aliases_are_not_expanded():
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (fault,) = faults("\n".join(rows))
    assert "expand to too many values" in fault.problem


# One fault each


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "name: x\norders:\n  orders_per_day: -5\n",
            "toy.yaml:3: orders.orders_per_day = -5: must be greater than 0"
            " (allowed: more than 0, at most 20,000)",
        ),
        (
            "name: x\norders:\n  orders_per_day: 1e5\n",
            "toy.yaml:3: orders.orders_per_day = 1e5: must be a whole number",
        ),
        (
            "name: x\norders:\n  orders_per_day: true\n",
            "toy.yaml:3: orders.orders_per_day = true: must be a whole number",
        ),
        (
            "name: x\norders:\n  orders_per_day:\n",
            "toy.yaml:3: orders.orders_per_day = null: must be a whole number",
        ),
        (
            "name: x\norders:\n  order_per_day: 5\n",
            "toy.yaml:3: orders.order_per_day = 5: is not a known field;"
            " did you mean 'orders_per_day'? (allowed: orders_per_day, start, damaged)",
        ),
        (
            "name: x\norders:\n  damaged: 120%\n",
            "toy.yaml:3: orders.damaged = '120%': a share must lie between 0 and 1"
            " (allowed: 0 to 1, or '0%' to '100%')",
        ),
        ("name: x\norders: 5\n", "toy.yaml:2: orders = 5: must be a mapping"),
        ("orders: {}\n", "toy.yaml:1: name: is missing"),
        ("name: 5\n", "toy.yaml:1: name = 5: must be text (allowed: text in quotes)"),
        ("name: x\nname: y\n", "toy.yaml:2: name: is given twice, first on line 1"),
        (
            "name: x\ncarrier: owm\n",
            "toy.yaml:2: carrier = 'owm': is not one of the choices; did you mean 'own'?"
            " (allowed: own, national)",
        ),
        (
            "name: x\nspeed: 3\n",
            "toy.yaml:2: speed = 3: is not one of the choices (allowed: slow, fast)",
        ),
        (
            "name: x\nreach: 300\n",
            "toy.yaml:2: reach = 300: a distance needs a unit, such as '300 km' or '186 mi'",
        ),
        ("name: x\nrates: {a: .nan}\n", "toy.yaml:2: rates.a = .nan: must be a finite number"),
        ("name: x\nrates: {a: -.inf}\n", "toy.yaml:2: rates.a = -.inf: must be a finite number"),
        ("name: x\nslots: {a: [1]}\n", "toy.yaml:2: slots.a: the name must be a whole number"),
        ("name: x\nslots: {3: [x]}\n", "toy.yaml:2: slots[3][0] = 'x': must be a number"),
        ("name: x\neither: []\n", "toy.yaml:2: either = []: must be a whole number or text"),
        ("name: x\nwords: one\n", "toy.yaml:2: words = 'one': must be a list"),
        ("name: x\nspeed: fast\n", "toy.yaml:1: a fast network needs a reach"),
        (
            "speed: slow\nname: slow\n",
            "toy.yaml:2: name = 'slow': must differ from the speed (allowed: another name)",
        ),
        (
            "name: x\nwords: [a]\norders:\n  orders_per_day: 1\n",
            "toy.yaml:4: orders.orders_per_day = 1: must not be the number of words",
        ),
        (
            "name: !!python/object/apply:os.system [ls]\n",
            "toy.yaml:1: name = !!python/object/apply:os.system: a tag is not allowed here"
            " (allowed: plain values)",
        ),
        ("name: !secret x\n", "toy.yaml:1: name = !secret: a tag is not allowed here"),
        (
            "name: x\norders: {start: 2023-13-01}\n",
            "toy.yaml:2: orders.start = '2023-13-01': is not",
        ),
        ("name: x\neither: !!int x\n", "toy.yaml:2: either = 'x': is not a valid whole number"),
        ("name: x\neither: 0x" + "f" * 5000 + "\n", "toy.yaml:2: either = '0xfff"),
        ('name: "\\ud800"\n', "toy.yaml:1: name: holds half a character (allowed: UTF-8 text)"),
        ("name: x\n? [a]\n: b\n", "toy.yaml:2: has a name that is no text"),
        (
            "name: x\n<<: 3\n",
            "toy.yaml:2: <<: must merge mappings (allowed: an alias such as *name)",
        ),
    ],
)
def test_a_fault_is_one_line(text, line):
    (found,) = lines(text)
    assert found.startswith(line)
    assert len(found) < 300


def test_a_local_time_read_as_a_number_needs_quotes():
    (line,) = lines("name: x\nsources:\n- kind: center\n  opens: 840\n")
    assert line == (
        "toy.yaml:4: sources[0].opens = 840: a local time needs quotes, such as '14:00'"
        " (allowed: '00:00' to '24:00')"
    )


# Lines within lists and unions

NESTED = """\
name: x
sources:
  - kind: seller
    sellers: 3

  # a comment
  - kind: center
    workers:
      - 1
      - 0
      - [2,
         3]
  - {kind: seller, sellers: 0}
  - kind: seller
    seller: 1
  - kind: centre
  - sellers: 3
  - kind: seller
    sellers: 1
    worker: 4
  - 7
"""


def test_lines_within_lists_and_unions():
    assert [(fault.line, fault.field, fault.value) for fault in faults(NESTED)] == [
        (10, "sources[1].workers[1]", "0"),
        (11, "sources[1].workers[2]", "[2, 3]"),
        (13, "sources[2].sellers", "0"),
        (14, "sources[3].sellers", ""),
        (16, "sources[4].kind", "'centre'"),
        (17, "sources[5].kind", ""),
        (20, "sources[6].worker", "4"),
        (21, "sources[7]", "7"),
    ]


def test_the_choices_of_a_union_are_told():
    by_line = {fault.line: fault for fault in faults(NESTED)}
    assert "did you mean 'center'?" in by_line[16].problem
    assert by_line[16].allowed == by_line[17].allowed == "seller, center"
    assert by_line[20].allowed == "kind, sellers, seller, handling"
    assert by_line[21].problem == "must be a mapping"


def test_a_field_spelt_like_the_tag_of_its_union():
    text = "name: x\nsources:\n- kind: seller\n  sellers: -1\n  seller:\n    sellers: 3\n"
    assert [(fault.line, fault.field) for fault in faults(text)] == [
        (4, "sources[0].sellers"),
        (5, "sources[0].seller"),
    ]


def test_a_fault_within_an_alias_points_at_its_anchor():
    text = "name: x\nsources:\n- &a\n  kind: seller\n  sellers: 0\n- <<: *a\n  seller: x\n"
    assert [(fault.line, fault.field) for fault in faults(text)] == [
        (5, "sources[0].sellers"),
        (5, "sources[1].sellers"),
        (7, "sources[1].seller"),
    ]


# All at once

NINE = """\
orders:
  orders_per_day: -5
  start: tomorrow
  damaged: 2
  damagd: 0.1
carrier: ups
speed: !fast x
sources:
- {kind: seller, sellers: many}
carrier: own
"""


def test_nine_faults_give_nine_lines():
    with pytest.raises(InputError) as caught:
        read_yaml_text(NINE, Toy, "toy.yaml")
    numbers = [int(line.split(":")[1]) for line in str(caught.value).splitlines()]
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 9, 10]


def test_a_thousand_faults_are_counted():
    found = faults("name: x\nwords: [" + "1, " * 1000 + "]\n")
    assert len(found) == MAX_FAULTS + 1
    assert str(found[-1]) == "toy.yaml: and 800 more faults"


# What is written

WRITTEN = """\
# What customers ask for.

# Orders placed on an average day.
orders_per_day: 500

start: 2023-10-11

# Share of parcels that arrive damaged, of all that arrive, on the ordinary path of a national
# carrier, before anything that a seller's own packaging adds to it.
# assumed, plausible 0.2% to 2%
damaged: 0.005
"""


def test_a_model_is_written_with_its_descriptions_and_sources():
    assert write_yaml(Orders(orders_per_day=500, start="2023-10-11")) == WRITTEN


def test_a_source_is_told_of_the_default_only():
    assert "\n# source: Olist, 30,000 orders" in write_yaml(Seller(sellers=3))
    changed = write_yaml(Seller(sellers=3, handling="2h30m"))
    assert "\n# default 2 days; source: Olist, 30,000 orders" in changed
    assert "\nhandling: 2h30m\n" in changed


def test_only_the_first_of_several_models_explains_its_fields():
    text = write_yaml(Toy(name="x", sources=[Seller(sellers=3), Seller(sellers=4)]))
    assert text.count("# How many there are.") == 1
    assert "\n  - kind: seller\n" in text


def test_lists_stay_in_one_line_until_it_is_full():
    text = write_yaml(
        Toy(
            name="x",
            words=["a", "b c"],
            slots={1: [0.5, 1]},
            grid=[[1, 2], [3]],
            sources=[Center(workers=range(1, 100))],
        )
    )
    assert "\nwords: [a, b c]\n" in text
    assert "\nslots:\n  1: [0.5, 1.0]\n" in text
    assert "\ngrid:\n  - [1, 2]\n  - [3]\n" in text
    assert "\n    workers:\n      [1, 2, 3," in text
    assert max(len(line) for line in text.splitlines()) <= WIDTH


def test_text_that_looks_like_something_else_is_quoted():
    for name in (
        "14:00",
        "no",
        "null",
        "1e5",
        "2023-10-11",
        "~",
        "a: b",
        "- a",
        "#",
        "",
        " x",
        "<<",
    ):
        text = write_yaml(Toy(name=name))
        assert f'\nname: "{name}"\n' in text
        assert read_yaml_text(text, Toy, "toy").name == name


# A busy machine is no fault.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SELLERS = st.builds(
    Seller, sellers=st.integers(1, 10**30), handling=st.sampled_from(["1 h", "2 days"])
)
CENTERS = st.builds(
    Center,
    days=st.sampled_from(["daily", "Mon-Fri"]),
    workers=st.lists(st.integers(1, 10**9), max_size=30),
)
TOYS = st.builds(
    Toy,
    name=TEXTS.filter(lambda name: name != "slow"),
    orders=st.builds(
        Orders,
        orders_per_day=st.integers(10, 20_000),
        start=st.none() | st.dates(),
        damaged=st.floats(0, 1),
    ),
    sources=st.lists(SELLERS | CENTERS, max_size=4),
    carrier=st.sampled_from(Carrier),
    reach=st.none() | st.floats(0, 1e9).map(lambda km: f"{km!r} km"),
    rates=st.dictionaries(TEXTS, FLOATS, max_size=4),
    slots=st.dictionaries(st.integers(), st.lists(FLOATS, max_size=9), max_size=3),
    words=st.lists(TEXTS, max_size=6),
    grid=st.lists(st.lists(st.integers(), max_size=20), max_size=3),
    either=st.integers() | TEXTS,
)


@PATIENT
@given(TOYS)
def test_what_is_written_reads_back_equal(toy):
    text = write_yaml(toy)
    assert read_yaml_text(text, Toy, "toy") == toy
    assert write_yaml(read_yaml_text(text, Toy, "toy")) == text


class Flags(Parameters):
    """What the others do not have."""

    yes: bool = True
    days: frozenset[int] = frozenset({3, 1, 2})
    secret: int = Field(1, exclude=True)
    named: dict[str, Orders] = Field(default_factory=dict)
    empty: tuple[Orders, ...] = ()


def test_flags_sets_and_named_models_read_back_equal():
    flags = Flags(yes=False, named={"a b": Orders(), "14:00": Orders(orders_per_day=3)})
    text = write_yaml(flags)
    assert "\nyes: false\n" in text.replace('"', "")
    assert "\ndays: [1, 2, 3]\n" in text
    assert "secret" not in text
    assert read_yaml_text(text, Flags, "flags") == flags


# Whatever the text

PIECES = st.sampled_from([*Toy.model_fields, *Seller.model_fields, *Center.model_fields]) | (
    st.sampled_from(["x", "5", "-1", "1e5", "14:00", ".nan", "~", "true", "2023-13-01", "0x1F"])
    | st.sampled_from(
        ["&a", "*a", "<<", "!!int", "!!map", "!x", "|", ">", "?", "%YAML 1.1", "%TAG"]
    )
    | st.sampled_from([",", "[", "]", "{", "}", ":", "-", "#", '"', "'", "\\", "---", "...", "@"])
)
SPACES = st.sampled_from([" ", "\n", "\n  ", "\n- ", ": ", ":\n  ", ""])
JUNK = st.lists(st.tuples(PIECES, SPACES), max_size=30).map(
    lambda pairs: "".join(piece + space for piece, space in pairs)
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | st.sampled_from(["seller", "center", "5%", "3 days", "14:00"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*Toy.model_fields, *Orders.model_fields, *Seller.model_fields])
            | TEXTS,
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


def refusals(text):
    try:
        read_yaml_text(text, Toy, "toy.yaml")
    except InputError as error:
        return error.faults
    return ()


def check(faults, text):
    last = max(text.count("\n") + text.count("\r"), len(text.splitlines())) + 1
    for fault in faults:
        assert fault.problem
        assert fault.line is None or 1 <= fault.line <= last
        assert len(str(fault).splitlines()) == 1


@PATIENT
@given(st.text(max_size=200) | JUNK)
def test_junk_is_refused_in_order(text):
    check(refusals(text), text)


@PATIENT
@given(st.dictionaries(st.sampled_from(list(Toy.model_fields)), VALUES, max_size=6))
def test_wrong_values_are_refused_in_order(values):
    def flow(value):
        if isinstance(value, dict):
            return (
                "{" + ", ".join(f"{flow(key)}: {flow(part)}" for key, part in value.items()) + "}"
            )
        if isinstance(value, list):
            return "[" + ", ".join(flow(part) for part in value) + "]"
        if isinstance(value, float) and not math.isfinite(value):
            return ".nan"
        if isinstance(value, str):
            return '"' + "".join(f"\\U{ord(sign):08x}" for sign in value) + '"'
        return {None: "null", True: "true", False: "false"}.get(value, repr(value))

    text = "\n".join(f"{name}: {flow(value)}" for name, value in values.items())
    check(refusals(text), text)


@PATIENT
@given(st.binary(max_size=100))
def test_bytes_are_refused_in_order(tmp_path_factory, content):
    path = Path(tmp_path_factory.getbasetemp()) / "junk.yaml"
    path.write_bytes(content)
    # No two random bytes make a toy: it has a required name.
    with pytest.raises(InputError):
        read_yaml(path, Toy)


OWN_COST = """
import sys, types
for name in ("logistics", "networks"):  # not what the packages import for others
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [name]
import networks.inputs.yaml_reader
print({"numpy", "pandas", "scipy", "networkx"} & {*sys.modules})
"""


def test_importing_costs_neither_pandas_nor_scipy():
    done = subprocess.run(
        [sys.executable, "-c", OWN_COST],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"
