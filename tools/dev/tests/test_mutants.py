"""Each control of a file is found, taken out on its own, and nothing else is touched."""

import textwrap
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from tools.dev import mutant_trial, mutants, mutation

SOURCE = textwrap.dedent(
    """
    class Thing(models.Model):
        _name = "ar.thing"

        @api.constrains("name")
        def _check_name(self):
            pass

        def action_go(self):
            self.check_access("read")
            if not self.env.user.has_group("x"):
                raise AccessError("no")
            if self.done:
                raise UserError("done")
            return self._check(self)
    """
)


SAMPLE = textwrap.dedent(
    """
    from functools import wraps

    def marked(method):
        method._constrains = ("name",)
        return method

    def proved(method):
        @wraps(method)
        def guarded(self):
            raise PermissionError
        return guarded

    class Base:
        def _check_twice(self):
            raise ValueError

    class Thing(Base):
        def plain(self):
            self._check_twice()
            return [x for x in "ab"], (lambda: 1)()

        def _check_twice(self):
            super()._check_twice()

        def asks(self, right):
            if right == "none":
                return 0
            elif not self.has_group(right):
                raise PermissionError
            return 1

        def has_group(self, right):
            return False

        @proved
        def button(self):
            return self.plain()

        @marked
        def _check_name(self):
            return None
    """
)


@pytest.fixture
def sample(tmp_path: Path) -> dict[str, Any]:
    """The classes of a file, loaded."""
    path = tmp_path / "sample.py"
    path.write_text(SAMPLE)
    names: dict[str, Any] = {"path": str(path), "__name__": "sample"}
    exec(compile(SAMPLE, str(path), "exec"), names)
    return names


def take_out(sample: dict[str, Any], text: str, nth: int = 0) -> int:
    """Take out the statement of the nth line with this text."""
    lines = [n for n, line in enumerate(SAMPLE.splitlines(), 1) if text in line]
    code = mutation.without(SAMPLE, sample["path"], lines[nth])
    return mutation.exchange(sample["path"], code)


def test_each_control_is_found() -> None:
    found = list(mutants.mutants_of("a/models/b.py", SOURCE))
    lines = SOURCE.splitlines()
    assert [one.model for one in found] == ["ar.thing"] * 3
    assert len({one.key for one in found}) == 3
    assert {(lines[one.line - 1].strip(), one.method) for one in found} == {
        ('@api.constrains("name")', "Thing._check_name"),
        ('self.check_access("read")', "Thing.action_go"),
        ('if not self.env.user.has_group("x"):', "Thing.action_go"),
    }
    assert {lines[int(one.entry.split(":")[1]) - 1].strip() for one in found} == {
        '@api.constrains("name")',
        "def action_go(self):",
    }
    assert [one.decorator for one in found if one.decorator] == ["constrains"]


def test_statement_is_no_longer_run(sample: dict[str, Any]) -> None:
    thing = sample["Thing"]()
    with pytest.raises(ValueError):
        thing.plain()
    assert take_out(sample, "self._check_twice()") == 1
    assert thing.plain() == (["a", "b"], 1)
    with pytest.raises(ValueError):
        thing._check_twice()


def test_the_only_call_of_super_can_be_taken_out(sample: dict[str, Any]) -> None:
    assert take_out(sample, "super()._check_twice()") == 1
    assert sample["Thing"]().plain() == (["a", "b"], 1)
    with pytest.raises(ValueError):
        sample["Base"]()._check_twice()


def test_a_question_among_others_is_taken_out_alone(sample: dict[str, Any]) -> None:
    thing = sample["Thing"]()
    with pytest.raises(PermissionError):
        thing.asks("some")
    assert take_out(sample, "elif not self.has_group") == 1
    assert (thing.asks("some"), thing.asks("none")) == (1, 0)


def test_what_was_handed_on_before_changes_too(sample: dict[str, Any]) -> None:
    kept: FunctionType = sample["Thing"].__dict__["plain"]
    take_out(sample, "self._check_twice()")
    assert kept(sample["Thing"]()) == (["a", "b"], 1)


def test_decorators_are_taken_off(sample: dict[str, Any]) -> None:
    thing = sample["Thing"]
    mutation.undecorate(thing, "_check_name", "constrains")
    assert not hasattr(thing._check_name, "_constrains")
    with pytest.raises(PermissionError):
        thing().button()
    mutation.undecorate(thing, "button", "ar_identity_required")
    with pytest.raises(ValueError):
        thing().button()


def test_witnesses_name_the_model() -> None:
    assert "TestChangeAttacks" in mutant_trial.witnesses("customer.change.request")
    assert mutant_trial.witnesses("no.such.model") == []


def test_callers_call_the_method() -> None:
    assert mutant_trial.callers("action_post")
    assert mutant_trial.callers("create") == mutant_trial.callers("") == []


def test_there_is_something_to_take_out() -> None:
    keys = [one.key for one in mutants.code_mutants()]
    assert len(keys) == len(set(keys)) > 50
