"""A browser is started once, told to the tests, and gone at the end."""

import os
import time
from pathlib import Path

import pytest

from tools.dev import chrome_process
from tools.dev.base import DevError

BROWSER = """#!/bin/sh
for word; do case "$word" in --user-data-dir=*) profile="${word#*=}";; esac; done
echo $$ > "$profile/pid"
exec sleep 60
"""


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chromium"
    path.write_text(BROWSER)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(chrome_process, "NAMES", ("chromium",))


def _pid(profile: Path) -> int:
    for _tick in range(500):
        if (profile / "pid").exists() and (text := (profile / "pid").read_text()):
            return int(text)
        time.sleep(0.01)
    raise AssertionError("it does not start")


def test_it_ends_with_the_block(browser: None) -> None:
    with chrome_process.kept() as told:
        profile = Path(told[chrome_process.VARIABLE])
        pid = _pid(profile)
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not profile.exists()


def test_it_ends_when_the_block_fails(browser: None) -> None:
    with pytest.raises(ValueError), chrome_process.kept() as told:
        pid = _pid(Path(told[chrome_process.VARIABLE]))
        raise ValueError
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_without_chromium_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chrome_process, "NAMES", ("no-such-browser",))
    with pytest.raises(DevError, match="Chromium is missing"), chrome_process.kept():
        pass
