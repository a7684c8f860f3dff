"""Odoo 19: a checkout named by ODOO_SOURCE, or Debian's package unpacked."""

from __future__ import annotations

import glob
import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from . import pyenv
from .base import DevError, build_once, locked, run, say, subdir

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
    _download(downloads, "odoo-19", *LIBRARIES)
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


def _download(folder: Path, *names: str) -> None:
    """Download packages of sid with an apt configuration of our own."""
    state = subdir("apt")
    for part in ("lists/partial", "cache/archives/partial"):
        (state / part).mkdir(parents=True, exist_ok=True)
    source = state / "sources.list"
    source.write_text(f"deb {_signature()}{_mirror()} sid main\n")
    options = {
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::Lists": state / "lists",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Retries": "5",
    }
    apt = ["apt-get", *(w for k, v in options.items() for w in ("-o", f"{k}={v}"))]
    why = (
        "Odoo 19 cannot be fetched from Debian's sid; set ODOO_SOURCE to a checkout "
        "of Odoo 19.0 or try again"
    )
    with locked("apt-sid"):
        run([*apt, "update"], why=why)
        run([*apt, "download", *names], cwd=folder, why=why)


def _apt_sources() -> str:
    """Return the machine's own lists of Debian packages as one text."""
    files = ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*")]
    return "\n".join(Path(name).read_text() for name in files if Path(name).is_file())


def _mirror() -> str:
    """Return the address of Debian's archive that the machine itself uses."""
    pattern = r"^(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)([a-z+]+://\S+?/debian/?)(?:\s|$)"
    found = re.search(pattern, _apt_sources(), re.MULTILINE)
    if not found:
        raise DevError("apt's sources name no archive of Debian; set ODOO_SOURCE.")
    return found[1]


def _signature() -> str:
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    return f"[signed-by={keyring}] " if keyring.exists() else ""


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
