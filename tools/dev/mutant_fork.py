"""Runs in a process forked off a loaded Odoo: a control is taken away, tests look at it."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any, TypedDict

from odoo.models import BaseModel
from odoo.modules import module
from odoo.service import server
from odoo.tests import loader
from odoo.tests.common import TransactionCase
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite
from odoo.tools import config

from . import mutation
from .base import ROOT, SUITE, free_port

#: before what the process reports
MARK = "REPORT "


class Task(TypedDict):
    """What a process does: nothing is taken away, or one control."""

    tests: list[str]  # classes, or tests of them as Class.test_name
    watched: list[
        str
    ]  # functions as path:line, of which is noted which test enters them
    patience: int  # seconds until the kernel ends the process
    path: str
    line: int
    method: str  # with its class, when a decorator is taken away
    decorator: str
    statement: str


class Witnessed(TypedDict):
    """What is known of a test that passes."""

    seconds: float
    touched: list[str]


class Report(TypedDict):
    """What has become of the tests."""

    passed: dict[str, Witnessed]
    failed: list[str]


def prepare() -> None:
    """Load the tests, once for all processes."""
    config["test_enable"] = True
    loader.get_test_modules(SUITE)


def main(environment: Any, task: Task) -> None:
    """Take the control away, run the tests, print what has become of them."""
    signal.alarm(task["patience"])
    _take_away(environment.registry, task)
    result = _Result(_codes(task["watched"]), to_first_failure=not task["watched"])
    suite = _suite(task["tests"])
    if suite.has_http_case():
        _serve()
    module.current_test = True
    suite(result)
    result.tell()


def _serve() -> None:
    """Answer the tests that call over HTTP, at a port of this process alone."""
    server.server.interface, server.server.port = "127.0.0.1", free_port()
    server.server.http_spawn()


def _suite(names: list[str]) -> Any:
    """Return these tests, in this order."""
    order = {name: number for number, name in enumerate(names)}
    found = [
        (number, test)
        for each in loader.get_test_modules(SUITE)
        for test in loader.get_module_test_cases(each)
        for number in [order.get(_name(test), order.get(type(test).__name__))]
        if number is not None
    ]
    return OdooSuite([test for _number, test in sorted(found, key=lambda one: one[0])])


def _name(test: Any) -> str:
    test = getattr(test, "test_case", test)  # of a subtest
    if hasattr(test, "_testMethodName"):
        return f"{type(test).__name__}.{test._testMethodName}"
    return str(test)


# -- taking away ------------------------------------------------------------------------------


def _take_away(registry: Any, task: Task) -> None:
    if task["statement"]:
        _run_in_each_class(task["statement"])
    elif task["decorator"]:
        owner, _dot, name = task["method"].partition(".")
        place = Path(task["path"]).with_suffix("")
        loaded = sys.modules[f"odoo.addons.{'.'.join(place.parts)}"]
        mutation.undecorate(getattr(loaded, owner), name, task["decorator"])
        _forget_methods(registry)
    elif task["path"]:
        path = ROOT / task["path"]
        code = mutation.without(path.read_text(), str(path), task["line"])
        if not mutation.exchange(str(path), code):
            raise LookupError(f"{path}: nothing loaded has line {task['line']}")


def _forget_methods(registry: Any) -> None:
    """Have Odoo look again for the methods that are marked."""
    for model in registry.models.values():
        for name in ("_constraint_methods", "_ondelete_methods"):
            setattr(model, name, getattr(BaseModel, name))


def _run_in_each_class(statement: str) -> None:
    """Have each class of tests begin with it; what it does is rolled back at its end."""
    begin = TransactionCase.setUpClass.__func__

    def begin_without(cls: Any) -> None:
        begin(cls)
        cls.cr.execute(statement)

    TransactionCase.setUpClass = classmethod(begin_without)


# -- watching ---------------------------------------------------------------------------------


def _codes(watched: Iterable[str]) -> dict[int, str]:
    """Map the codes of functions, by identity, to what these are called in the report."""
    names = set(watched)
    found = {}
    for function in mutation.functions_of(str(ROOT / SUITE)) if names else ():
        code = function.__code__
        path = Path(code.co_filename).relative_to(ROOT)
        name = f"{path}:{code.co_firstlineno}"
        if name in names:
            found[id(code)] = name
    return found


def _now() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC)  # tests do not freeze this one


class _Result(OdooTestResult):  # type: ignore[misc]
    """Which tests pass, how long they take, and which functions they enter."""

    def __init__(self, codes: dict[int, str], *, to_first_failure: bool) -> None:
        super().__init__()
        self.codes, self.to_first_failure = codes, to_first_failure
        self.passed: dict[str, Witnessed] = {}
        self.failed: set[str] = set()
        self.touched: set[str] = set()
        self.begun = 0.0

    def startTest(self, test: Any) -> None:
        super().startTest(test)
        self.begun, self.touched = _now(), set()
        if self.codes:
            threading.settrace(self._see)
            sys.settrace(self._see)

    def _see(self, frame: FrameType, event: str, argument: object) -> None:
        name = self.codes.get(id(frame.f_code))
        if name:
            self.touched.add(name)

    def stopTest(self, test: Any) -> None:
        sys.settrace(None)
        super().stopTest(test)

    def addSuccess(self, test: Any) -> None:
        self.passed[_name(test)] = Witnessed(
            seconds=round(_now() - self.begun, 2), touched=sorted(self.touched)
        )

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        self._note(test)

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        self._note(test)

    def _note(self, test: Any) -> None:
        self.failed.add(_name(test))
        if self.to_first_failure:
            self.tell()
            os._exit(
                0
            )  # the rest of this test, and its cleaning up, would only take time

    def tell(self) -> None:
        """Print the report."""
        report = Report(passed=self.passed, failed=sorted(self.failed))
        print(f"\n{MARK}{json.dumps(report)}", flush=True)
