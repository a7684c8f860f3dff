from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CustomerPrivacyPortal(CustomerPortal):
    """What a customer agreed to: he sees it, gives it and takes it back, for himself."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "privacy_purpose_count" in counters:
            values["privacy_purpose_count"] = len(self._privacy_choices())
        return values

    def _privacy_choices(self):
        return request.env.user.partner_id._ar_privacy_choices()

    @http.route(
        "/my/privacy",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def privacy(self, **_values):
        """The purposes that need his consent, and what he said."""
        return request.render(
            "customer_ar_suite.portal_my_privacy",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "ar_privacy",
                "choices": self._privacy_choices(),
            },
        )

    @http.route(
        "/my/privacy/decide", type="http", auth="user", website=True, methods=["POST"]
    )
    def privacy_decide(self, purpose="", decision="", version="", **_values):
        """Record what he decides on one purpose, about the text that he was shown."""
        person = request.env.user.partner_id
        person._ar_decide_in_portal(purpose, decision, version)
        return request.redirect("/my/privacy")
