"""The mirror is the machine's own; links are followed inside the unpacked package."""

from pathlib import Path

import pytest

from tools.dev import odoo_source
from tools.dev.base import DevError


@pytest.mark.parametrize(
    "text",
    [
        "deb http://mirror.example/debian bookworm main\n",
        "deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian/ trixie main\n",
        "Types: deb\n# note\nURIs: http://mirror.example/debian\nSuites: trixie\n",
    ],
)
def test_mirror(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odoo_source, "_apt_sources", lambda: text)
    assert odoo_source._mirror().rstrip("/") == "http://mirror.example/debian"


def test_security_archive_is_no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "URIs: http://mirror.example/debian-security\n"
    monkeypatch.setattr(odoo_source, "_apt_sources", lambda: text)
    with pytest.raises(DevError, match="ODOO_SOURCE"):
        odoo_source._mirror()


def test_absolute_link_is_followed_inside_the_root(tmp_path: Path) -> None:
    (tmp_path / "usr/share/js").mkdir(parents=True)
    (tmp_path / "usr/share/js/a.js").write_text("a")
    link = tmp_path / "b.js"
    link.symlink_to("/usr/share/js/a.js")
    assert odoo_source._within(tmp_path, link).read_text() == "a"
