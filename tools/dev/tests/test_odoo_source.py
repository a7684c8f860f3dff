"""Links are followed inside the unpacked package."""

from pathlib import Path

from tools.dev import odoo_source


def test_absolute_link_is_followed_inside_the_root(tmp_path: Path) -> None:
    (tmp_path / "usr/share/js").mkdir(parents=True)
    (tmp_path / "usr/share/js/a.js").write_text("a")
    link = tmp_path / "b.js"
    link.symlink_to("/usr/share/js/a.js")
    assert odoo_source._within(tmp_path, link).read_text() == "a"
