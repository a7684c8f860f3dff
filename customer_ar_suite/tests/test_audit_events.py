"""Every event of the audit log has a name, by which it is found."""

import ast
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ROOT = Path(__file__).parents[1]
LOGGERS = {"_ar_log", "_ar_log_event", "_log", "_close_request", "_change"}


@tagged("post_install", "-at_install")
class TestAuditEvents(TransactionCase):
    def logged(self):
        """Codes that the suite's Python gives to the log, as literals of the call."""
        for folder in ("models", "wizard", "controllers", "report"):
            for path in (ROOT / folder).rglob("*.py"):
                for node in ast.walk(ast.parse(path.read_text())):
                    if (
                        isinstance(node, ast.Call)
                        and isinstance(node.func, ast.Attribute)
                        and node.func.attr in LOGGERS
                    ):
                        yield from self.codes(path, node.args[:2])

    def codes(self, path, arguments):
        for argument in arguments:
            for part in ast.walk(argument):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    if "." in part.value and part.value not in self.env:
                        yield part.value

    def test_whatever_is_logged_has_a_name(self):
        names = self.env["customer.audit.entry"]._event_names()
        found = set(self.logged())
        self.assertGreater(len(found), 25)
        missing = {code for code in found if code[-1] not in "._"} - names.keys()
        self.assertFalse(missing)

    def test_the_samples_log_shows_no_codes(self):
        entries = self.env["customer.audit.entry"]
        events = {event for (event,) in entries._read_group([], ["event"])}
        self.assertGreater(len(events), 15)
        self.assertFalse(events - entries._event_names().keys())

    def test_no_two_events_have_one_name(self):
        names = self.env["customer.audit.entry"]._event_names()
        self.assertEqual(len(set(names.values())), len(names))

    def test_the_log_is_searched_by_what_happened(self):
        entries = self.env["customer.audit.entry"]
        partner = self.env["res.partner"].create({"name": "Searched"})
        entries._ar_log("closing.close", partner)
        entries._ar_log("closing.delete", partner)
        about = [("model", "=", "res.partner"), ("res_id", "=", partner.id)]
        for lang in ("en_US", "zh_CN"):
            self.env["res.lang"]._activate_lang(lang)
            log = entries.with_context(lang=lang)
            word = log._event_names()["closing.close"].lower()
            found = log.search([*about, ("event_name", "ilike", word)])
            self.assertEqual(found.mapped("event"), ["closing.close"], lang)
