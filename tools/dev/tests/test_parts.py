"""Parts run side by side; each is counted, none gets lost, a stuck one is ended."""

import sys
import time
from pathlib import Path

import pytest

from tools.dev.parts import Part, run_all

GOOD = "print('3 passed, 0 failed')"


def part(name: str, code: str, *needs: str) -> Part:
    """A part that runs a piece of Python."""
    return Part(name, [sys.executable, "-c", code], needs)


def test_outcomes_are_read_from_the_closing_lines(tmp_path: Path) -> None:
    bad = (
        "print('1 passed, 0 failed'); print('5 passed, 2 failed'); raise SystemExit(1)"
    )
    done = run_all([part("a", GOOD), part("b", bad)], 2, tmp_path)
    assert done == {"a": (3, 0), "b": (5, 2)}


@pytest.mark.parametrize(
    "code",
    [
        "pass",
        "print('0 passed, 0 failed')",
        f"{GOOD}; raise SystemExit(3)",
        f"{GOOD}; import os; os.abort()",
    ],
)
def test_part_without_a_good_end_has_failed(code: str, tmp_path: Path) -> None:
    assert run_all([part("a", code)], 1, tmp_path)["a"].failed == 1


def test_output_of_a_bad_part_is_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "print('why it broke'); print('1 passed, 1 failed'); raise SystemExit(1)"
    run_all([part("good one", "print('noise')\n" + GOOD), part("b", code)], 1, tmp_path)
    out, err = capfd.readouterr()
    assert "why it broke" in out and "noise" not in out
    assert "good one: 3 passed, 0 failed (" in err
    assert "b: 1 passed, 1 failed (" in err


def test_part_waits_for_what_it_needs(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    first = f"import time; time.sleep(0.5); open({str(mark)!r}, 'w'); {GOOD}"
    second = f"open({str(mark)!r}); {GOOD}"
    done = run_all([part("b", second, "a"), part("a", first)], 2, tmp_path)
    assert done == {"a": (3, 0), "b": (3, 0)}


def test_part_whose_need_failed_is_not_run_and_has_failed(tmp_path: Path) -> None:
    done = run_all(
        [part("a", "pass"), part("b", GOOD, "a"), part("c", GOOD, "b")], 2, tmp_path
    )
    assert done == {"a": (0, 1), "b": (0, 1), "c": (0, 1)}


def test_parts_run_side_by_side(tmp_path: Path) -> None:
    """Each waits for the other's file: one at a time, neither would end."""
    wait = (
        "import pathlib, time\n"
        "pathlib.Path({own!r}).touch()\n"
        "while not pathlib.Path({other!r}).exists(): time.sleep(0.01)\n" + GOOD
    )
    one, two = str(tmp_path / "1"), str(tmp_path / "2")
    both = [
        part("a", wait.format(own=one, other=two)),
        part("b", wait.format(own=two, other=one)),
    ]
    assert run_all(both, 2, tmp_path, patience=20) == {"a": (3, 0), "b": (3, 0)}


def test_stuck_part_is_ended(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    done = run_all(
        [part("a", "import time; time.sleep(60)")], 1, tmp_path, patience=0.5
    )
    assert done == {"a": (0, 1)}
    assert time.monotonic() - started < 30
    assert "ended: not ready after" in capfd.readouterr().out
