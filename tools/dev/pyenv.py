"""The virtual environment with pinned requirements."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import system
from .base import build_once, digest, run, subdir

HERE = Path(__file__).parent
FILES = ("requirements-odoo.txt", "requirements-suite.txt", "requirements-dev.txt")
ALONE = "requirements-alone.txt"
CONSTRAINTS = "constraints.txt"


def venv() -> Path:
    """Return the environment, made when the requirements or Python changed."""
    texts = [(HERE / name).read_text() for name in (*FILES, ALONE, CONSTRAINTS)]
    version = ".".join(map(str, sys.version_info[:3]))
    target = subdir("venv") / f"py{version}-{digest(sys.base_prefix, *texts)}"
    return build_once(target, "making the Python environment (1-3 minutes)", _make)


def python() -> Path:
    """Return the environment's interpreter."""
    return venv() / "bin" / "python"


def _make(target: Path) -> None:
    system.need("python3-venv")
    interpreter = os.environ.get("CUSTOMER_AR_PYTHON", sys.executable)
    run([interpreter, "-m", "venv", "--clear", target], why="No virtual environment")
    files = [word for name in FILES for word in ("-r", str(HERE / name))]
    pip = [target / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    why = "The Python packages cannot be installed"
    install = [*pip, "install", "-q", "--use-pep517"]
    run([*install, "-c", HERE / CONSTRAINTS, *files], why=why)
    run([*install, "--no-deps", "-r", HERE / ALONE], why=why)
