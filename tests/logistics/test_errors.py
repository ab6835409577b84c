"""The errors of the package: one clear line a fault, rebuilt from their arguments alone."""

from __future__ import annotations

import pickle

import pytest
import simpy

from logistics.errors import OutputError
from networks.inputs.faults import Fault, InputError, LogisticsError, shown

TOO_SMALL = Fault(
    "scenario.yaml", 12, "orders.orders_per_day", "-5", "must be greater than 0", "1 to 100"
)
NO_FILE = Fault("scenario.yaml", None, "", "", "there is no such file")

ERRORS = [
    InputError([TOO_SMALL, NO_FILE]),
    OutputError("results", "the folder is not empty; choose another"),
    LogisticsError("something else"),
]


def test_a_fault_is_one_line():
    assert str(TOO_SMALL) == (
        "scenario.yaml:12: orders.orders_per_day = -5: must be greater than 0 (allowed: 1 to 100)"
    )


def test_a_fault_shows_only_what_it_has():
    assert str(NO_FILE) == "scenario.yaml: there is no such file"
    missing = Fault("scenario.yaml", 3, "orders.count", "", "is missing")
    assert str(missing) == "scenario.yaml:3: orders.count: is missing"


def test_an_input_error_has_one_line_per_fault():
    error = InputError(fault for fault in (TOO_SMALL, NO_FILE))
    assert error.faults == (TOO_SMALL, NO_FILE)
    assert str(error).splitlines() == [str(TOO_SMALL), str(NO_FILE)]


def test_errors_are_also_the_built_in_kind():
    assert isinstance(ERRORS[0], ValueError)
    assert isinstance(ERRORS[1], OSError)
    assert all(isinstance(error, LogisticsError) for error in ERRORS)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    "rebuild",
    [lambda error: type(error)(*error.args), lambda error: pickle.loads(pickle.dumps(error))],
    ids=["from arguments", "from a worker"],
)
def test_an_error_is_rebuilt_the_same(error, rebuild):
    again = rebuild(error)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.args == error.args


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_passes_through_a_simpy_process(error):
    environment = simpy.Environment()

    def failing():
        yield environment.timeout(1)
        raise error

    def waiting():
        yield environment.process(failing())

    environment.process(waiting())
    with pytest.raises(type(error)) as caught:
        environment.run()
    assert str(caught.value) == str(error)


def test_an_output_error_has_no_error_number():
    error = OutputError("results", "exists already")
    assert (error.path, error.problem, error.errno) == ("results", "exists already", None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (-5, "-5"),
        (0.1, "0.1"),
        ("two\nlines", r"'two\nlines'"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_a_value_is_shown_in_one_line(value, text):
    assert shown(value) == text


def test_a_number_too_long_for_text_is_shown_too():
    assert shown(10**5000) == "a very large number"


@pytest.mark.parametrize("value", ["x" * 500, list(range(500)), {"a" * 500: "b" * 500}])
def test_a_long_value_is_cut(value):
    assert len(shown(value)) <= 80
