from pathlib import Path

import pytest

from tools.dev import base, lint, odoo_run, pyenv


def test_pylint_is_asked_again_when_anything_it_reads_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "checkout"
    module = root / "addon" / "tests" / "module.py"
    module.parent.mkdir(parents=True)
    module.write_text("good = True\n")
    (root / ".pylintrc").write_text("[MAIN]\n")
    asked: list[str] = []

    def tool(name: str, *_words: str) -> str:
        asked.append(name)
        return "bad" if "bad" in module.read_text() else ""

    monkeypatch.setenv("CUSTOMER_AR_CACHE", str(tmp_path / "cache"))
    for place in (base, lint):
        monkeypatch.setattr(place, "ROOT", root)
    monkeypatch.setattr(odoo_run, "addons", lambda: ["addon"])
    monkeypatch.setattr(pyenv, "venv", lambda: tmp_path / "py1")
    monkeypatch.setattr(lint, "_tool", tool)
    # given code it is content with: nothing has changed, it need not look again
    assert [lint._pylint(), lint._pylint(), len(asked)] == ["", "", 1]
    # when a file, the rules or its own version change, it looks
    module.write_text("good = 1\n")
    assert (lint._pylint(), len(asked)) == ("", 2)
    (root / ".pylintrc").write_text("[MAIN]\njobs=1\n")
    assert (lint._pylint(), len(asked)) == ("", 3)
    monkeypatch.setattr(pyenv, "venv", lambda: tmp_path / "py2")
    assert (lint._pylint(), len(asked)) == ("", 4)
    # and what is bad is bad each time
    module.write_text("bad = 1\n")
    assert [lint._pylint(), lint._pylint(), len(asked)] == ["bad", "bad", 6]
