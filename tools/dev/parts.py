"""Run commands side by side, as many as the machine has cores, and sum them up."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .base import ROOT, end_with_parent, say
from .outcome import Outcome

PATIENCE = 40 * 60  # seconds until a part counts as stuck
_CLOSING = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)
_PROGRESS = re.compile(r"^\[ *\d+s\] (.{0,60}\b)", re.MULTILINE)


class Part(NamedTuple):
    """A command that ends with a closing line; it waits for the parts it needs."""

    name: str
    command: Sequence[str]
    needs: tuple[str, ...] = ()


class Finished(NamedTuple):
    """What became of a part."""

    outcome: Outcome
    seconds: float
    output: str


class Running:
    """The process of a part; all it prints goes into a file."""

    def __init__(self, part: Part, folder: Path) -> None:
        """Start it."""
        self.part = part
        self.started = time.monotonic()
        self.log = folder / f"{part.name.replace(' ', '_')}.log"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                part.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def progress(self) -> str:
        """Return its name and what it said last."""
        said = _PROGRESS.findall(self.log.read_text(errors="replace"))
        return f"{self.part.name} ({said[-1]})" if said else self.part.name

    def finished(self, patience: float) -> Finished | None:
        """Return what became of it, nothing while it goes on."""
        seconds = time.monotonic() - self.started
        late = seconds > patience
        if late:
            self.end()
        if self.process.poll() is None:
            return None
        output = self.log.read_text(errors="replace")
        if late:
            output += f"\nended: not ready after {patience / 60:.0f} minutes\n"
        return Finished(self._outcome(output, late), seconds, output)

    def _outcome(self, output: str, late: bool) -> Outcome:
        closing = _CLOSING.findall(output)
        passed, failed = map(int, closing[-1]) if closing else (0, 0)
        good = passed and not failed and self.process.returncode == 0 and not late
        return Outcome(passed, 0 if good else max(1, failed))

    def end(self) -> None:
        """Let it clean up; kill what is left."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=20)


def run_all(
    parts: Sequence[Part], slots: int, folder: Path, patience: float = PATIENCE
) -> dict[str, Outcome]:
    """Run the parts in their order, ``slots`` at a time; one line for each."""
    waiting, running, done = list(parts), list[Running](), dict[str, Outcome]()
    said = time.monotonic()
    try:
        while waiting or running:
            while part := _hopeless(waiting, done):
                waiting.remove(part)
                done[part.name] = Outcome(0, 1)
                say(f"{part.name}: not run, it needs {', '.join(part.needs)}")
            while len(running) < slots and (ready := _ready(waiting, done)):
                waiting.remove(ready)
                running.append(Running(ready, folder))
            for one in list(running):
                if result := one.finished(patience):
                    running.remove(one)
                    done[one.part.name] = result.outcome
                    _tell(one.part, result)
            if time.monotonic() - said > 30 and running:
                said = time.monotonic()
                say("at work: " + "; ".join(one.progress() for one in running))
            time.sleep(0.1)
    finally:
        for one in running:
            one.end()
    return done


def _hopeless(waiting: Sequence[Part], done: dict[str, Outcome]) -> Part | None:
    bad = {name for name, outcome in done.items() if outcome.failed}
    return next((part for part in waiting if bad.intersection(part.needs)), None)


def _ready(waiting: Sequence[Part], done: dict[str, Outcome]) -> Part | None:
    return next((part for part in waiting if set(part.needs) <= done.keys()), None)


def _tell(part: Part, result: Finished) -> None:
    """Print one line for a good part, everything for a bad one."""
    passed, failed = result.outcome
    line = f"{part.name}: {passed} passed, {failed} failed ({result.seconds:.0f} s)"
    if failed:
        frame = f"----- {part.name} "
        print(f"{frame:-<72}\n{result.output.strip()}\n{'-' * 72}", flush=True)
    say(line)
