"""Packages of another Debian release, taken without touching the machine's own."""

from __future__ import annotations

import glob
import re
from pathlib import Path

from .base import DevError, locked, run, subdir


def download(release: str, folder: Path, *names: str, why: str) -> None:
    """Download packages of a release into the folder."""
    with locked(f"apt-{release}"):
        apt = _apt(release)
        run([*apt, "update"], why=why)
        run([*apt, "download", *names], cwd=folder, why=why)


def download_with_needs(release: str, folder: Path, *names: str, why: str) -> None:
    """Download packages of a release with all they depend on into the folder."""
    (folder / "partial").mkdir(exist_ok=True)
    with locked(f"apt-{release}"):
        nothing = subdir("apt", release) / "status"
        nothing.touch()
        apt = [*_apt(release), "-o", f"Dir::State::status={nothing}"]
        apt += ["-o", f"Dir::Cache::archives={folder}", "-o", "Debug::NoLocking=1"]
        run([*apt, "update"], why=why)
        words = ["install", "-y", "--download-only", "--no-install-recommends"]
        run([*apt, *words, *names], why=why)


def _apt(release: str) -> list[str]:
    """Return apt-get with lists and caches of our own."""
    state = subdir("apt", release)
    for part in ("lists/partial", "cache/archives/partial"):
        (state / part).mkdir(parents=True, exist_ok=True)
    source = state / "sources.list"
    source.write_text(f"deb {_signature()}{mirror()} {release} main\n")
    options = {
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::Lists": state / "lists",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Retries": "5",
        "Acquire::http::Timeout": "60",
        # signed is enough: a mirror may lag behind, a machine's clock may be ahead
        "Acquire::Check-Valid-Until": "false",
    }
    return ["apt-get", *(w for k, v in options.items() for w in ("-o", f"{k}={v}"))]


def sources() -> str:
    """Return the machine's own lists of Debian packages as one text."""
    files = ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*")]
    return "\n".join(Path(name).read_text() for name in files if Path(name).is_file())


def mirror() -> str:
    """Return the address of Debian's archive that the machine itself uses."""
    pattern = r"^(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)([a-z+]+://\S+?/debian/?)(?:\s|$)"
    found = re.search(pattern, sources(), re.MULTILINE)
    if not found:
        raise DevError("apt's sources name no archive of Debian; set ODOO_SOURCE.")
    return found[1]


def _signature() -> str:
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    return f"[signed-by={keyring}] " if keyring.exists() else ""
