"""GATE4: every route and every report of the suite, asked by those who must not see."""

import json
from functools import cached_property
from itertools import islice
from urllib.parse import quote

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_gates import CANARY, LOUD, ROLES, GateCase
from .common_module import MODULE

#: routes that answer without a login, each with its reason
OPEN_ROUTES = {}
#: routes for customers in the portal, each with its reason; they show the guest's own data
GUEST_ROUTES = {"/my/privacy": "what a person agreed to, for himself"}
#: routes that only read, and write down who read
LOGGED_ROUTES = {
    "/customer_ar_suite/statements.html",
    "/customer_ar_suite/statements.xlsx",
    "/customer_ar_suite/statements.zip",
    *(
        f"/customer_ar_suite/statement_run/<int:run_id>/{name}"
        for name in (
            "statements.pdf",
            "statements.zip",
            "letters.pdf",
            "post_list.xlsx",
        )
    ),
    "/customer_ar_suite/report/<int:download_id>",
    "/customer_ar_suite/import/<int:batch_id>/rejected.xlsx",
    *(
        f"/customer_ar_suite/bank_reconciliation/<int:record_id>/statement.{kind}"
        for kind in ("pdf", "xlsx", "html")
    ),
    "/customer_ar_suite/evidence/<int:record_id>/evidence.zip",
}
#: routes that change something without Odoo's token against forged requests
WITHOUT_CSRF = {}
NOISE = (*LOUD, "odoo.addons.web.controllers.report", "odoo.addons.base.models.ir_qweb")


def routes():
    """(address, routing) of every route a controller of the suite has."""
    modules = [MODULE]
    for url, endpoint in http._generate_routing_rules(modules, nodb_only=False):
        own = endpoint.__module__.startswith(f"odoo.addons.{MODULE}.")
        if own and not url.startswith("/report/"):  # core's: TestGateReports takes them
            yield url, endpoint.routing


class RouteCase(GateCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls()  # what the gates share are methods of a test
        cls.home, cls.theirs = case.two_companies()
        cls.actors = {
            name: case.actor(name, cls.home) for name in ("portal", "employee", *ROLES)
        }
        for company in (cls.home, cls.theirs):
            case.begin_review(company)
        case.assertGreater(case.plant_canaries(cls.theirs), 50)

    def begin_review(self, company):
        """The sample data has none in every company."""
        reviews = self.env["customer.access.review"]
        if not reviews.search([("company_id", "=", company.id)]):
            reviews.with_company(company)._start(company)

    @cached_property
    def openers(self):
        """By name: a browser in which he is logged in; it stays so for all he asks."""
        return {}

    def log_in(self, name):
        if name not in self.openers:
            self.session = None  # the one of the actor before is still needed
            login = self.actors[name].login if name in self.actors else None
            session = self.authenticate(login, login)
            self.addCleanup(http.root.session_store.delete, session)
            self.opener.trust_env = False  # asks the environment for proxies each time
            self.openers[name] = self.opener
        self.opener = self.openers[name]

    def get(self, path):
        with mute_logger(*NOISE):
            return self.url_open(path, allow_redirects=False)

    def everybody(self):
        return ("nobody", *self.actors)


@tagged("post_install", "-at_install")
class TestGateRoutes(RouteCase):
    def test_declarations(self):
        """Who may come in, by which method, is said for each route."""
        found = list(routes())
        self.assertTrue(found)
        for url, routing in found:
            with self.subTest(url):
                self.assertTrue(routing.get("methods"), "say which methods it takes")
                if url not in OPEN_ROUTES:
                    self.assertEqual(routing.get("auth"), "user", "not for everybody")
                writes = set(routing["methods"]) - {"GET", "HEAD", "OPTIONS"}
                if routing.get("type") == "http" and url not in WITHOUT_CSRF:
                    self.assertTrue(
                        routing.get("csrf", True), "open to forged requests"
                    )
                if not writes and url not in LOGGED_ROUTES:
                    self.assertTrue(routing.get("readonly"), "reads: say readonly")

    def test_strangers_get_nothing(self):
        for url, routing in routes():
            for path in list(self.addresses(url, routing))[:2]:
                for name in ("nobody", "portal", "employee"):
                    if url in OPEN_ROUTES:
                        continue
                    self.log_in(name)
                    answer = self.get(path)
                    with self.subTest(path=path, actor=name):
                        if name == "nobody" or url not in GUEST_ROUTES:
                            refused = (303, 302, 400, 403, 404)
                            self.assertIn(answer.status_code, refused)
                        self.assertNotIn(CANARY, answer.text)

    def test_nobody_gets_records_of_another_company(self):
        for url, routing in routes():
            paths = list(self.addresses(url, routing))
            for number, name in enumerate(ROLES if paths else ()):
                self.log_in(name)
                path = paths[number % len(paths)]
                answer = self.get(path)
                with self.subTest(path=path, actor=name):
                    self.assertNotIn(CANARY, self.readable(answer))

    def addresses(self, url, routing):
        """The route with ids of foreign records wherever ids could be meant."""
        if "GET" not in (routing.get("methods") or ["GET"]):
            return
        for number in self.foreign_ids:
            path = "/".join(
                str(number) if part.startswith("<") else part for part in url.split("/")
            )
            listed = quote(f"{number},{number + 1}")
            yield f"{path}?ids={listed}&id={number}&company_id={self.theirs.id}"

    @cached_property
    def foreign_ids(self):
        """Of a record of each of the first six models of which they have one."""
        models = self.suite_models(transient=False)
        found = (self.sample(model, self.theirs) for model in models)
        return sorted({ids[0] for ids in islice(filter(None, found), 6)})

    def readable(self, answer):
        return answer.content.decode("latin-1")


class ReportCase(RouteCase):
    #: of all the ways to ask, every how manieth each user tries
    step = 5

    def reports(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.actions.report")]
        )
        found = self.env["ir.actions.report"].browse(data.mapped("res_id"))
        self.assertTrue(found)
        return found

    def paths(self, report, ids):
        """Every way to ask for a report of these records."""
        listed = ",".join(map(str, ids))
        forged = quote(json.dumps(self.forged_contexts()[0]))
        companies = quote(json.dumps(self.forged_contexts()[1]))
        options = quote(json.dumps({"ids": ids, "docids": ids, "partner_ids": ids}))
        for kind in ("html", "pdf", "text"):
            base = f"/report/{kind}/{report.report_name}"
            yield f"{base}/{listed}"
            yield f"{base}/{listed}?context={forged}"
            yield f"{base}/{listed}?context={companies}"
            yield f"{base}?options={options}&ids={listed}&docids={listed}"
        for kind in ("qweb-pdf", "qweb-text"):
            base = f"/report/{kind.removeprefix('qweb-')}/{report.report_name}"
            for url in (f"{base}/{listed}", f"{base}?options={options}"):
                data = quote(json.dumps([url, kind]))
                yield f"/report/download?data={data}&context={forged}"

    def check_foreign_records(self):
        for report in self.reports():
            ids = self.sample(self.env[report.model], self.theirs)
            self.assertTrue(ids, report.name)
            paths = self.shard(self.paths(report, ids))
            for number, name in enumerate(self.everybody()):
                self.log_in(name)
                for path in paths[number % self.step :: self.step]:
                    self.check_foreign(report, name, path)

    def check_foreign(self, report, name, path):
        answer = self.get(path)
        with self.subTest(report=report.name, actor=name, path=path):
            self.assertNotIn(CANARY, answer.text)
            if answer.status_code == 200:
                # the download answers with an error page of its own
                self.assertNotIn("pdf", answer.headers["Content-Type"])
                self.assertNotIn('class="article"', answer.text)


@tagged("post_install", "-at_install")
class TestGateReports(ReportCase):
    def test_foreign_records_are_printed_for_nobody(self):
        self.check_foreign_records()

    def test_own_records_are_printed_for_those_who_may_read_them(self):
        """Else the test above would pass whatever happens."""
        for report in self.reports():
            ids = self.sample(self.env[report.model], self.home)
            self.assertTrue(ids, report.name)
            printed = 0
            for name in self.everybody():
                self.log_in(name)
                answer = self.get(f"/report/html/{report.report_name}/{ids[0]}")
                may = name in self.actors and self.may_print(report, self.actors[name])
                with self.subTest(report=report.name, actor=name):
                    self.assertEqual(answer.status_code == 200, bool(may))
                printed += answer.status_code == 200
            self.assertTrue(printed)

    def may_print(self, report, user):
        """Who may read our records; of core's, who is in the groups of the report."""
        model = self.env[report.model].with_user(user)
        if model._original_module == MODULE:
            return model.has_access("read")
        return model.has_access("read") and user.all_group_ids & report.group_ids


@tagged("post_install", "-at_install", "-standard", "long_gates")
class TestGateReportsWhole(ReportCase):
    step = 1

    def test_foreign_records_are_printed_for_nobody_whatever_the_way(self):
        self.check_foreign_records()
