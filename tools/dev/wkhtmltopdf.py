"""wkhtmltopdf: the machine's, or Debian 12's, since later releases have none."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import debian, system
from .base import build_once, run, say, subdir

RELEASE = "bookworm"
SCRIPT = """#!/bin/sh
# Debian 12's program with the libraries it was built for.
root={root}
export QT_QPA_PLATFORM=offscreen QT_PLUGIN_PATH="$root/usr/lib/{triplet}/qt5/plugins"
exec "{loader}" --library-path "{libraries}" "$root/usr/bin/wkhtmltopdf" "$@"
"""


def provide() -> None:
    """Have the program, from the machine's own release if that has it."""
    if shutil.which("wkhtmltopdf") or (_folder() / ".complete").exists():
        return
    if system.offered("wkhtmltopdf"):
        system.need("wkhtmltopdf")
    else:
        build_once(_folder(), "fetching wkhtmltopdf of Debian 12 (60 MB)", _unpack)


def binaries() -> Path:
    """Return the folder for PATH, which is absent when the machine has its own."""
    return _folder() / "wrapper"


def _folder() -> Path:
    return subdir("wkhtmltopdf") / RELEASE


def _unpack(root: Path) -> None:
    downloads = root / "downloads"
    downloads.mkdir()
    why = "wkhtmltopdf cannot be fetched from Debian 12; install it yourself"
    debian.download_with_needs(RELEASE, downloads, "wkhtmltopdf", why=why)
    say("unpacking wkhtmltopdf")
    for package in sorted(downloads.glob("*.deb")):
        run(["dpkg", "-x", package, root])
    shutil.rmtree(downloads)
    libc = next(root.glob("lib/*-linux-gnu/libc.so.6"))
    triplet = libc.parent.name
    script = SCRIPT.format(
        root=root,
        triplet=triplet,
        loader=next(libc.parent.glob("ld-linux*")),
        libraries=f"{libc.parent}:{root / 'usr' / 'lib' / triplet}",
    )
    binaries().mkdir()
    program = binaries() / "wkhtmltopdf"
    program.write_text(script)
    program.chmod(0o755)
    run([program, "--version"], why="wkhtmltopdf of Debian 12 does not run here")
