"""The archive is the one the machine itself uses."""

import pytest

from tools.dev import debian
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
    monkeypatch.setattr(debian, "sources", lambda: text)
    assert debian.mirror().rstrip("/") == "http://mirror.example/debian"


def test_security_archive_is_no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "URIs: http://mirror.example/debian-security\n"
    monkeypatch.setattr(debian, "sources", lambda: text)
    with pytest.raises(DevError, match="ODOO_SOURCE"):
        debian.mirror()
