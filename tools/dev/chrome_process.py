"""The process of a Chromium: started, kept for all tours of a run, ended."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator

from .base import DevError, end_with_parent

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
PATIENCE = 60
#: where the tests in Odoo find the profile of the browser that is kept for them
VARIABLE = "AR_CHROMIUM"
#: what Odoo's own tests ask for: a page in the background works on, nothing calls home
FOR_TOURS = (
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-breakpad",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-renderer-backgrounding",
    "--enable-precise-memory-info",
    "--enable-unsafe-swiftshader",
    "--js-flags=--expose-gc",
    "--mute-audio",
    "--force-prefers-reduced-motion",  # dialogs stand where they come to stand
    "--no-first-run",
)


def launch(profile: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a headless browser; a file in its profile folder will tell its address."""
    binary = next(filter(None, map(shutil.which, NAMES)), None)
    if not binary:
        raise DevError("Chromium is missing: './dev doctor' says how to get it.")
    words = [binary, "--headless=new", "--no-sandbox", "--disable-gpu"]
    words += ["--remote-debugging-port=0", f"--user-data-dir={profile}"]
    return subprocess.Popen(
        [*words, *options, "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=end_with_parent,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Let it close; kill it when it does not."""
    process.terminate()
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def kept() -> Iterator[dict[str, str]]:
    """Have one browser for all tours of a run; yields what tells the tests of it.

    To start one takes longer than many a tour: they share it, each with a browser
    context of its own. Nobody waits here until it has started.
    """
    with tempfile.TemporaryDirectory(
        prefix="tours-", ignore_cleanup_errors=True
    ) as profile:
        process = launch(profile, *FOR_TOURS)
        try:
            yield {VARIABLE: profile}
        finally:
            end(process)
