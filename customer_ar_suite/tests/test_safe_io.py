"""Foreign files are parsed in a child process that can die without harm."""

import os
import pickle
import time

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..engine.errors import EngineError
from ..engine.tabular.numbers import GERMAN
from ..models.safe_io import run_parser
from ..models.safe_io_child import EngineUnpickler
from .engine.workbooks import make_xls, make_xlsx

READ = "tabular.reader:read_table"
PACKAGE = __package__.removesuffix(".tests")


@tagged("post_install", "-at_install")
class TestSafeIo(BaseCase):
    def refused(self, code, *args, **kwargs):
        with (
            self.assertRaises(EngineError) as caught,
            mute_logger(
                f"odoo.addons.{PACKAGE.removeprefix('odoo.addons.')}.models.safe_io"
            ),
        ):
            run_parser(*args, **kwargs)
        self.assertEqual(caught.exception.code, code)

    def test_rows_come_back_as_rows(self):
        rows = [["编号", "Amount"], ["007", 1.5]]
        for data in (make_xlsx(rows), make_xls(rows)):
            table = run_parser(READ, data, filename="x.csv")
            self.assertEqual(table.sheet().rows[1].cells[0], "007")
            self.assertEqual(str(table.sheet().rows[1].cells[1]), "1.5")

    def test_errors_of_the_parser_cross_the_border(self):
        self.refused("file_empty", READ, b"")
        self.refused("encoding_wrong", READ, "名".encode("gbk"), encoding="utf-8")

    def test_too_much_memory_or_time_ends_the_child_only(self):
        big = b"customer,city\n" + b"a long name,somewhere\n" * 150_000
        self.refused("parser_too_much", READ, big, memory=60_000_000)
        many = make_xlsx([[f"{r}-{c}" for c in range(60)] for r in range(1500)])
        self.refused("parser_too_much", READ, many, cpu_seconds=0)

    def test_only_rows_and_errors_cross_the_border(self):
        for hostile in (os.system, eval, EngineUnpickler, time.sleep):
            with self.assertRaises(pickle.UnpicklingError):
                EngineUnpickler(pickle.dumps(hostile), PACKAGE).load()
        safe = pickle.dumps(GERMAN)
        self.assertEqual(EngineUnpickler(safe, PACKAGE).load(), GERMAN)

    def test_an_unknown_parser_is_an_error(self):
        self.refused("parser_failed", "tabular.reader:no_such_function", b"x")
