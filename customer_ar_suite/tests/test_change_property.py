"""INV12: whatever people do in whatever order, what was approved was approved by others."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import examples
from .common_customers import PREFIX
from .test_change_request import LOUD, ChangeCase

VALUES = st.sampled_from(["A1", "B2", "C3"])
WHO = st.integers(0, 4)
STEP = st.one_of(
    st.tuples(st.just("ask"), WHO, VALUES),
    st.tuples(st.just("approve"), WHO, st.just("")),
    st.tuples(st.just("approve"), WHO, st.just("")),
    st.tuples(st.just("reject"), WHO, st.just("")),
    st.tuples(st.just("cancel"), WHO, st.just("")),
    st.tuples(st.just("explain"), WHO, VALUES),
    st.tuples(st.just("system"), WHO, VALUES),
    st.tuples(st.just("policy"), st.integers(1, 3), st.just("")),
)


@tagged("post_install", "-at_install")
class TestChangeProperties(ChangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        both = f"{PREFIX}customer_clerk,{PREFIX}customer_reviewer"
        cls.people = (
            cls.maker,
            cls.checker,
            cls.second,
            cls.account("both", both),
            cls.account("twin", both, email=cls.maker.email),
        )

    @examples()
    @given(st.lists(STEP, min_size=4, max_size=12))
    def test_what_was_approved_was_approved_by_others(self, steps):
        savepoint = self.env.cr.savepoint()
        try:
            policy = self.guard("vat")
            expected = "OLD1"
            for step in steps:
                expected = self.take(policy, expected, *step)
                self.env.invalidate_all()
                self.assertEqual(self.partner.vat, expected, step)
            for request in self.requests(partner_id=self.partner.id):
                self.check(request)
        finally:
            savepoint.close()
            self.env.invalidate_all()
            self.registry.clear_cache("stable")

    def take(self, policy, value, step, who, new):
        """The value the customer has afterwards, found without the suite's help."""
        pending = self.requests(partner_id=self.partner.id, state="pending")
        request = pending[:1]
        before = {one: one.state for one in pending}
        try:
            with mute_logger(*LOUD), self.env.cr.savepoint():
                self.act(policy, request, step, who, new)
                self.env.flush_all()
        except UserError:
            return value
        if step == "system":
            return new
        if step == "approve" and request and request.state == "approved":
            self.assertEqual(before[request], "pending")
            # overtaken ones write nothing
            return request.line_ids.new_json
        return value

    def act(self, policy, request, step, who, new):
        user = self.people[who % len(self.people)]
        if step in ("approve", "reject", "cancel", "explain") and not request:
            raise UserError(step)
        if step == "ask":
            self.partner.with_user(user).write({"vat": new})
        elif step == "approve":
            request.with_user(user).action_approve()
        elif step == "reject":
            lines = dict.fromkeys(request.line_ids.ids, "rejected")
            request.with_user(user)._decide(lines, "No")
        elif step == "cancel":
            request.with_user(user).action_cancel()
        elif step == "explain":
            request.with_user(user)._explain(new, [])
        elif step == "policy":
            policy.approver_count = who
        elif step == "system":
            self.partner.vat = new

    def check(self, request):
        line = request.line_ids
        voters = request.decision_ids.user_id
        self.assertLessEqual(voters, line.approver_ids)
        same = {request.maker_id.email, request.maker_id.login}
        self.assertFalse(same & set(voters.mapped("email")))
        approvals = request.decision_ids.filtered(lambda d: d.verdict == "approved")
        self.assertEqual(len(approvals.user_id), len(approvals))
        if request.state == "approved":
            self.assertGreaterEqual(len(approvals), line.needed)
            self.assertIn(request.checker_id, approvals.user_id)
        if request.state in ("cancelled", "stale", "pending"):
            self.assertFalse(request.checker_id)
        self.assertEqual(
            set(request.decision_ids.mapped("payload_hash")) or {request.payload_hash},
            {request.payload_hash},
        )
