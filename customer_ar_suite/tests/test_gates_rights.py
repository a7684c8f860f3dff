"""GATE2 by behaviour, and GATE6 for rights and rules: each one missed if it is taken away."""

from contextlib import nullcontext

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from . import test_module, test_role_matrix
from .common_gates import LOUD, ROLES, GateCase
from .common_module import MODULE, PREFIX


@tagged("post_install", "-at_install")
class TestGateRights(GateCase):
    def test_records_of_another_company_are_hidden(self):
        home, theirs = self.two_companies()
        users = [self.actor(role, home) for role in ROLES]
        found = 0
        for model in self.suite_models(transient=False):
            ids = self.sample(model, theirs)
            if not ids:
                continue
            for user in users:
                as_user = model.with_user(user).with_context(active_test=False)
                if not as_user.has_access("read"):
                    continue
                found += 1
                with self.subTest(model=model._name, user=user.login):
                    hidden = as_user.search([("id", "in", ids)])
                    self.assertFalse(hidden, "found by search")
                    # a view on the ledger has no such row for this user
                    with mute_logger(*LOUD), self.assertRaises(UserError) as caught:
                        as_user.browse(ids).check_access("read")
                    self.assertIsInstance(caught.exception, (AccessError, MissingError))
        self.assertGreater(found, 40)

    def test_dialogs_for_another_company_are_refused(self):
        home, theirs = self.two_companies()
        user = self.actor("administrator", home)
        found = 0
        for model in self.suite_models():
            field = model._fields.get("company_id")
            if model._transient and field and field.required:
                found += 1
                with self.subTest(model._name):
                    self.assertTrue(self.refused(model.with_user(user), theirs))
        self.assertTrue(found)

    def refused(self, model, company):
        """Whatever else the dialog asks for is not given, so it may also miss that."""
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*LOUD):
                model.create({"company_id": company.id})
                self.env.flush_all()
        except (AccessError, IntegrityError):
            return True
        finally:
            savepoint.close()
            self.env.invalidate_all()
        return False

    def test_conflicts_of_another_companys_users_are_hidden(self):
        home, theirs = self.two_companies()
        user = self.actor("customer_clerk", theirs)
        user.group_ids += self.env.ref(f"{PREFIX}customer_reviewer")
        conflicts = self.env["customer.access.conflict"]
        conflict = conflicts.search([("user_id", "=", user.id)])
        self.assertTrue(conflict)
        for role in ("auditor", "administrator"):
            hers = conflict.with_user(self.actor(role, home))
            self.assertFalse(hers.search([("id", "in", conflict.ids)]))
            with mute_logger(*LOUD), self.assertRaises(AccessError):
                hers.check_access("read")


@tagged("post_install", "-at_install", "-standard", "long_mutants")
class TestMutantRights(
    TestGateRights, test_module.TestModuleAccess, test_role_matrix.TestRoleMatrix
):
    """Take away each right and each rule: some test has to notice."""

    def setUp(self):
        super().setUp()
        for role in ROLES:  # once, not for each mutant
            self.actor(role, self.two_companies()[0])

    def noticed(self, record, *tests):
        """Does one of the tests fail without this record?"""
        savepoint = self.env.cr.savepoint()
        outer, self.subTest = self.subTest, lambda *_a, **_k: nullcontext()
        try:
            record.unlink()
            self.env.invalidate_all()
            return any(self.fails(test) for test in tests)
        finally:
            self.subTest = outer
            savepoint.close()
            self.env.invalidate_all()
            self.registry.clear_all_caches()

    def fails(self, test):
        savepoint = self.env.cr.savepoint()
        try:
            test()
        except (AssertionError, AccessError):
            return True
        finally:
            savepoint.close()
            self.env.invalidate_all()
        return False

    def ours(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", model)]
        )
        return {self.env[model].browse(one.res_id): one.name for one in data}

    def test_every_right_is_missed(self):
        survivors = [
            name
            for line, name in self.ours("ir.model.access").items()
            if not self.noticed(line, self.test_document_is_up_to_date)
        ]
        self.assertFalse(survivors, "nobody misses these rights")

    def test_every_rule_is_missed(self):
        survivors = [
            name
            for rule, name in self.ours("ir.rule").items()
            # those of category grants are missed by test_leak_matrix and test_propagation
            if not rule._is_of_grants()
            and not self.noticed(
                rule,
                self.test_records_of_another_company_are_hidden,
                self.test_every_model_with_a_company_has_a_company_rule,
                self.test_dialogs_for_another_company_are_refused,
                self.test_conflicts_of_another_companys_users_are_hidden,
            )
        ]
        self.assertFalse(survivors, "nobody misses these rules")
