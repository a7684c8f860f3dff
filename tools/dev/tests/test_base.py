"""What is built once is built again only when it was interrupted."""

import os
import tempfile
from pathlib import Path

import pytest

from tools.dev import base


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMER_AR_CACHE", str(tmp_path / "cache"))


def test_built_once(tmp_path: Path) -> None:
    calls: list[Path] = []
    for _call in range(2):
        base.build_once(tmp_path / "thing", "making", calls.append)
    assert len(calls) == 1


def test_interrupted_build_begins_anew(tmp_path: Path) -> None:
    def cut_off(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        base.build_once(tmp_path / "thing", "making", cut_off)
    built = base.build_once(tmp_path / "thing", "making", lambda folder: None)
    assert not (built / "half").exists()


def test_lock_is_refused_while_it_is_held() -> None:
    with base.locked("a"), base.locked("a", wait=False) as held:
        assert not held


def test_cache_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUSTOMER_AR_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, _mode: path != Path("/proc"))
    assert base.cache().parent == tmp_path
    assert base.cache().is_dir()


def test_digest_of_code_changes_with_content_and_name(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = base.code_digest(tmp_path)
    assert first == base.code_digest(tmp_path)
    (tmp_path / "a.py").write_text("2")
    second = base.code_digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, base.code_digest(tmp_path)}) == 3


def test_digest_without_the_tests(tmp_path: Path) -> None:
    (tmp_path / "static/tests").mkdir(parents=True)
    (tmp_path / "a.py").write_text("1")
    tour = tmp_path / "static/tests/tour.js"
    tour.write_text("1")
    both = base.code_digest(tmp_path)
    own = base.code_digest(tmp_path, without_tests=True)
    tour.write_text("2")
    assert base.code_digest(tmp_path) != both
    assert base.code_digest(tmp_path, without_tests=True) == own
    (tmp_path / "a.py").write_text("2")
    assert base.code_digest(tmp_path, without_tests=True) != own


def test_failed_command_says_why() -> None:
    with pytest.raises(base.DevError, match="No such thing.*\n.*gone"):
        base.run(["sh", "-c", "echo gone; exit 3"], why="No such thing")
