"""Each control of a file is found, taken out on its own, and nothing else is touched."""

import ast
import textwrap

from tools.dev import mutants

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


def test_each_control_is_taken_out_alone() -> None:
    found = list(mutants.mutants_of("a/models/b.py", SOURCE))
    assert [one.model for one in found] == ["ar.thing"] * 3
    assert len({one.key for one in found}) == 3
    words = {"has_group", "@api.constrains", "check_access"}
    gone = [next(word for word in words if word not in one.text) for one in found]
    assert set(gone) == words
    for one in found:
        ast.parse(one.text)
        assert sum(word in one.text for word in words) == 2
        assert 'UserError("done")' in one.text


def test_lines_stay_where_they_are() -> None:
    for one in mutants.mutants_of("a/models/b.py", SOURCE):
        assert len(one.text.splitlines()) == len(SOURCE.splitlines())


def test_witnesses_name_the_model() -> None:
    assert "TestChangeAttacks" in mutants.witnesses("customer.change.request")
    assert mutants.witnesses("no.such.model") == []


def test_there_is_something_to_take_out() -> None:
    keys = [one.key for one in mutants.code_mutants()]
    assert len(keys) == len(set(keys)) > 50
