"""Every test class is in exactly one shard, and shards last about equally long."""

from pathlib import Path

import pytest

from tools.dev import shards

STAT = "\tcustomer_ar_suite.{}: {}s 12 queries\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMER_AR_CACHE", str(tmp_path / "cache"))


def test_longest_first_to_the_group_that_has_least() -> None:
    seconds = {"A": 50.0, "B": 30.0, "C": 25.0, "D": 10.0}
    assert shards.balanced("ABCD", seconds, 2) == [["A", "D"], ["B", "C"]]


def test_without_memory_the_order_is_fixed() -> None:
    first = shards.balanced(["C", "A", "B"], {}, 2)
    assert first == shards.balanced(["B", "C", "A"], {}, 2) == [["A", "C"], ["B"]]


def test_not_more_groups_than_classes() -> None:
    assert shards.balanced(["A"], {}, 4) == [["A"]]
    assert shards.balanced([], {}, 4) == [[]]


def test_last_shard_takes_what_no_other_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = tmp_path / "x" / "tests"
    tests.mkdir(parents=True)
    (tests / "test_a.py").write_text(
        "class TestA:\n    def test_1(self): ...\n"
        "class Helper:\n    def help(self): ...\n"
        "class TestB:\n    def test_2(self): ...\n"
    )
    monkeypatch.setattr(shards, "ROOT", tmp_path)
    assert shards.shards("x", 1) == [("/x", False, 6.0)]
    assert shards.shards("x", 2) == [
        ("/x:TestA", False, 3.0),
        ("/x,-/x:TestA", False, 3.0),
    ]


def test_what_looks_at_the_books_is_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = tmp_path / "x" / "tests"
    tests.mkdir(parents=True)
    (tests / "common.py").write_text("class Own(common_books.Books, Other): ...\n")
    (tests / "test_a.py").write_text(
        "class TestA(Own):\n    def test_1(self): ...\n"
        "class TestB(Case):\n    def test_2(self): ...\n"
        "class TestC(Case, TestA):\n    def test_3(self): ...\n"
    )
    monkeypatch.setattr(shards, "ROOT", tmp_path)
    assert shards.descendants(tests, "Books") == {"Books", "Own", "TestA", "TestC"}
    last = ("/x,-/x:TestA,-/x:TestC", False, 3.0)
    both = ("/x:TestA,/x:TestC", True, 6.0)
    assert shards.shards("x", 2) == [both, last]
    one, other = ("/x:TestA", True, 3.0), ("/x:TestC", True, 3.0)
    assert shards.shards("x", 3) == [one, other, last]
    assert shards.shards("x", 1) == [("/x", False, 9.0)]


def test_engine_is_tested_elsewhere_unless_odoo_has_a_class_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "x" / "tests" / "engine"
    engine.mkdir(parents=True)
    body = ":\n    def test_1(self): ...\n"
    (engine / "test_a.py").write_text(f"class TestA{body}class TestEngine{body}")
    (engine.parent / "test_a.py").write_text(f"class TestA{body}class TestB{body}")
    monkeypatch.setattr(shards, "ROOT", tmp_path)
    assert [one.tags for one in shards.shards("x", 1)] == ["/x,-/x:TestEngine"]
    assert [one.tags for one in shards.shards("x", 2)] == [
        "/x:TestA",
        "/x,-/x:TestA,-/x:TestEngine",
    ]


def test_durations_are_read_from_the_log_and_kept() -> None:
    shards.remember(
        [
            "2026-01-31 10:00:00,123 42 DEBUG db odoo.tests.stats: Detailed Tests Report:\n",
            STAT.format("test_a.TestA", "9.00"),
            STAT.format("test_a.TestA.setUpClass", "4.00"),
            STAT.format("test_a.TestA.test_1", "5.00"),
            STAT.format("engine.test_b.TestB", "0.50"),
        ]
    )
    shards.remember([STAT.format("test_a.TestC", "1.00")])
    shards.remember(["nothing about time\n"])
    assert shards.remembered() == {"TestA": 9.0, "TestB": 0.5, "TestC": 1.0}
