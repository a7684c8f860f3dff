"""A bad source of packages stops nothing that can be had without it."""

import shutil

import pytest

from tools.dev import system
from tools.dev.base import DevError


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> dict[str, bool]:
    """An apt that works or not; what it installs is there afterwards."""
    works = {"update": True, "install": True, "there": False}

    def call(command: str, *_words: str, why: str) -> None:
        if not works[command]:
            raise DevError(f"{why}: {command} is broken")
        works["there"] = command == "install"

    monkeypatch.setenv("CUSTOMER_AR_CACHE", str(tmp_path))
    monkeypatch.setattr(system, "_apt", call)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setitem(system.PACKAGES, "gettext", lambda: works["there"])
    return works


def test_installs_what_is_missing(apt: dict[str, bool]) -> None:
    system.need("gettext")
    assert apt["there"]


def test_installs_from_the_lists_it_has(
    apt: dict[str, bool], capfd: pytest.CaptureFixture[str]
) -> None:
    apt["update"] = False
    system.need("gettext")
    assert apt["there"]
    assert "going on with those it has" in capfd.readouterr().err


def test_says_both_when_neither_works(apt: dict[str, bool]) -> None:
    apt.update(update=False, install=False)
    with pytest.raises(DevError, match="(?s)run 'apt-get install.*update is broken"):
        system.need("gettext")
