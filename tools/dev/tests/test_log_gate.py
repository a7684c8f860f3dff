"""A log is good only when tests ran, none was skipped and nothing complained."""

import re

from tools.dev.log_gate import allowed_patterns, judge

HEAD = "2026-01-31 10:00:00,123 42"
RESULT = (
    f"{HEAD} INFO db odoo.tests.result: 0 failed, 0 error(s) of 3 tests when loading"
)


def test_good_run() -> None:
    verdict = judge([f"{HEAD} INFO db odoo.modules: loading\n", RESULT], [])
    assert verdict.tests == 3
    assert verdict.reasons() == []


def test_no_test_is_not_good() -> None:
    line = f"{HEAD} WARNING db odoo.tests.result: 0 failed, 0 error(s) of 0 tests when"
    assert judge([line], []).reasons() == ["no test was run"]


def test_no_result_line_is_not_good() -> None:
    assert "no test was run" in judge([f"{HEAD} INFO db odoo: bye"], []).reasons()


def test_failures_are_counted() -> None:
    line = f"{HEAD} ERROR db odoo.tests.result: 2 failed, 1 error(s) of 9 tests when"
    failure = f"{HEAD} ERROR db odoo.addons.x: FAIL: TestX.test_y"
    verdict = judge([failure, "Traceback ...", line], [])
    assert (verdict.tests, verdict.failed, verdict.reasons()) == (9, 3, [])


def test_skip_is_not_good() -> None:
    line = f"{HEAD} INFO db odoo.addons.x: skipped TestTour.test_a : no Chrome"
    assert judge([line, RESULT], []).reasons() == [
        "skipped: TestTour.test_a : no Chrome"
    ]


def test_warning_with_its_traceback_is_one_reason() -> None:
    lines = [
        f"{HEAD} WARNING db odoo.modules.loading: Module x demo data failed to install",
        "Traceback (most recent call last):",
        "ValueError: y",
        RESULT,
    ]
    (reason,) = judge(lines, []).reasons()
    assert reason.endswith("ValueError: y")


def test_allowed_noise() -> None:
    line = f"{HEAD} WARNING db odoo.core: known noise"
    allowed = [re.compile("WARNING odoo.core: known")]
    assert judge([line, RESULT], allowed).reasons() == []


def test_the_list_of_allowed_noise_can_be_read() -> None:
    assert isinstance(allowed_patterns(), list)
