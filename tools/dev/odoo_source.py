"""Odoo 19: a checkout named by ODOO_SOURCE, or Debian's package unpacked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from . import debian, pyenv
from .base import DevError, build_once, run, say, subdir

RECIPE = 3  # raise it when the way of unpacking changes
LIBRARIES = (
    "libjs-jquery", "libjs-jquery-form", "libjs-underscore", "fonts-roboto-unhinted",
    "fonts-montserrat", "fonts-inconsolata", "fonts-ocr-b",
)  # fmt: skip
# Debian's Font Awesome is newer than what Odoo's style sheet was made for.
FONT_AWESOME = "XStatic-Font-Awesome==4.7.0.0"


class Odoo(NamedTuple):
    """Where Odoo's code lies and what distinguishes it from another one."""

    python_path: Path
    addons: tuple[Path, ...]
    identity: str


def odoo() -> Odoo:
    """Return Odoo's code, fetched when it is missing."""
    if source := os.environ.get("ODOO_SOURCE"):
        root = Path(source).expanduser().resolve()
        if not (root / "odoo" / "release.py").is_file():
            raise DevError(f"ODOO_SOURCE={source} holds no odoo/release.py.")
        return Odoo(root, (root / "addons",), f"checkout {root} {_head(root)}")
    packages = unpacked() / "usr" / "lib" / "python3" / "dist-packages"
    version = (packages / "DEBIAN_VERSION").read_text()
    return Odoo(packages, (), f"debian {version} recipe {RECIPE}")


def unpacked() -> Path:
    """Return the folder with Debian's package, the newest at its first download."""
    return build_once(
        subdir("odoo") / f"debian-{RECIPE}", "fetching Odoo 19 (about 150 MB)", _unpack
    )


def _head(checkout: Path) -> str:
    if not (checkout / ".git").exists():
        return ""
    return run(["git", "-C", checkout, "rev-parse", "HEAD"]).strip()


def _unpack(root: Path) -> None:
    downloads = root / "downloads"
    downloads.mkdir()
    why = (
        "Odoo 19 cannot be fetched from Debian's sid; set ODOO_SOURCE to a checkout "
        "of Odoo 19.0 or try again"
    )
    debian.download("sid", downloads, "odoo-19", *LIBRARIES, why=why)
    say("unpacking Odoo")
    for package in sorted(downloads.glob("*.deb")):
        run(["dpkg", "-x", package, root])
    version = run(["dpkg-deb", "-f", next(downloads.glob("odoo-19_*.deb")), "Version"])
    packages = root / "usr" / "lib" / "python3" / "dist-packages"
    (packages / "DEBIAN_VERSION").write_text(version.strip())
    shutil.rmtree(packages / "addons", ignore_errors=True)  # parts of odoo/addons
    awesome = downloads / "awesome"
    run(
        [pyenv.python(), "-m", "pip", "install", "-q", "--no-deps", "--target", awesome]
        + [FONT_AWESOME],
        why="Font Awesome cannot be had from the Python package index",
    )
    _mend_static_files(root, packages / "odoo" / "addons", awesome)
    shutil.rmtree(downloads)


def _mend_static_files(root: Path, addons: Path, awesome: Path) -> None:
    """Put files where the package has links to other packages' folders."""
    icons = {path.name: path for path in awesome.rglob("fonts/*")}
    for link in [path for path in addons.rglob("*") if path.is_symlink()]:
        if "/static/" not in str(link):
            continue
        target = icons.get(link.name) or _within(root, link)
        if not target.is_file():  # another version of the font's package
            renamed = f"{link.stem}-Regular{link.suffix}"
            target = next((root / "usr/share/fonts").rglob(renamed), target)
        if not target.is_file():
            raise DevError(f"Nothing fits the link {link.relative_to(addons)}.")
        link.unlink()
        shutil.copyfile(target, link)
    # Debian leaves out what blurs video calls' background; the bundle needs a file.
    blur = addons / "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    if not blur.exists():
        blur.parent.mkdir(parents=True, exist_ok=True)
        blur.write_text("// not in Debian's package\n")


def _within(root: Path, link: Path) -> Path:
    """Follow a link, its absolute steps as if ``root`` were /."""
    path = link
    for _step in range(10):
        if not path.is_symlink():
            break
        step = os.readlink(path)
        path = root / step[1:] if step.startswith("/") else path.parent / step
        path = Path(os.path.normpath(path))
    return path
