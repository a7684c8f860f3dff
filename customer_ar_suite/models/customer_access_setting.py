import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.http import get_session_max_inactivity
from odoo.tools import SQL, config, ormcache

from ..engine.segregation import ACT, WATCH, judge
from .customer_access_words import WORDS

#: logins and passwords that every installation of Odoo starts with
SHIPPED_PASSWORDS = {"admin": "admin", "demo": "demo", "portal": "portal"}
IDLE_DAYS = 90
ORDER = (ACT, WATCH)


class CustomerAccessSetting(models.TransientModel):
    """How safe passwords, sessions and the server are set: found, judged, put in words."""

    _name = "customer.access.setting"
    _description = "Security Setting"
    _rec_name = "title"
    _order = "id"

    title = fields.Char(string="Setting", readonly=True)
    state = fields.Selection(
        [("good", "In Order"), ("watch", "Have a Look"), ("act", "Change Now")],
        readonly=True,
    )
    found = fields.Char(string="As Found", readonly=True)
    advice = fields.Char(string="What to Do", readonly=True)

    @api.model
    def action_open(self):
        """Look at all settings now and show them."""
        self.check_access("create")
        rows = self.create(self._in_words([one._asdict() for one in self._findings()]))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_access_setting_action"
        )
        return {**action, "domain": [("id", "in", rows.ids)]}

    @api.model
    def _findings(self):
        """What the engine says of the settings of this database and server."""
        # sudo: settings and users are looked at as a whole; only judged facts leave
        model = self.sudo()
        facts = {
            **model._password_facts(),
            **model._factor_facts(),
            **model._account_facts(),
            **model._server_facts(),
        }
        return judge(facts)

    # -- facts ----------------------------------------------------------------------------

    def _parameter(self, name, default=""):
        return self.env["ir.config_parameter"].get_param(name) or default

    def _password_facts(self):
        length = self._parameter("auth_password_policy.minlength", "0")
        return {
            "password_length": int(length) if length.isdecimal() else 0,
            "default_passwords": self._shipped_passwords(),
        }

    def _shipped_passwords(self):
        """Logins that still open with the password they were shipped with."""
        users = self.env["res.users"]
        users = users.search(
            [("login", "in", list(SHIPPED_PASSWORDS)), ("active", "=", True)]
        )
        hashes = self.env.execute_query(
            SQL(
                "SELECT login, password FROM res_users WHERE id = ANY(%s)"
                " AND password IS NOT NULL ORDER BY login",
                users.ids,
            )
        )
        return [
            login
            for login, hashed in hashes
            if hashed and self._opens_as_shipped(login, hashed)
        ]

    @api.model
    @ormcache("login", "hashed")
    def _opens_as_shipped(self, login, hashed):
        """Tried once for each hash: that takes half a second, on purpose."""
        context = self.env["res.users"]._crypt_context()
        return context.verify(SHIPPED_PASSWORDS[login], hashed)

    def _role_holders(self):
        roles = self.env["customer.access.review"]._roles()
        return self.env["res.users"].search(
            [("all_group_ids", "in", roles.ids), ("active", "=", True)]
        )

    def _factor_facts(self):
        holders = self._role_holders()
        without = holders.filtered(lambda user: not user._mfa_type())
        return {
            "second_factor_policy": self._parameter("auth_totp.policy"),
            "second_factor_missing": len(without),
            "session_hours": self._session_hours(),
        }

    def _session_hours(self):
        """Hours without a click after which somebody has to log in again."""
        hours = [get_session_max_inactivity(self.env) / 3600]
        group = self.env.ref("base.group_user")
        if group._fields.get("lock_timeout_inactivity"):
            minutes = group.lock_timeout_inactivity
            hours += [minutes / 60] if minutes else []
        return math.ceil(min(hours))

    def _account_facts(self):
        holders = self._role_holders()
        since = fields.Datetime.now() - timedelta(days=IDLE_DAYS)
        idle = holders.filtered(
            lambda user: (user.login_date or user.create_date) < since
        )
        keys = self.env["res.users.apikeys"]
        administrators = self.env.ref("base.group_system").all_user_ids
        administrators -= self.env.ref("base.user_root")
        signup = self._parameter("auth_signup.invitation_scope", "b2b")
        return {
            "endless_keys": keys.search_count([("expiration_date", "=", False)]),
            "signup": signup,
            "outsiders_with_role": len(holders.filtered("share")),
            "idle_users": len(idle),
            "administrators": len(administrators.filtered("active")),
        }

    def _server_facts(self):
        base = self.env.ref("base.module_base")
        return {
            "demo_data": base.demo,
            "database_list": bool(config["list_db"]),
            "master_password": bool(config.verify_admin_password("admin")),
            "https": self._parameter("web.base.url").startswith("https://"),
            "proxy_mode": bool(config["proxy_mode"]),
            "workers": config["workers"],
            "developer_mode": ", ".join(config["dev_mode"]),
        }

    # -- words ----------------------------------------------------------------------------

    @api.model
    def _in_words(self, findings):
        """Values of this model's rows; what needs work comes first."""
        ordered = sorted(
            (finding for finding in findings if finding["code"] in WORDS),
            key=lambda one: (
                ORDER.index(one["state"]) if one["state"] in ORDER else len(ORDER)
            ),
        )
        rows = []
        for finding in ordered:
            title, advice = WORDS[finding["code"]]
            rows.append(
                {
                    "title": title(self.env),
                    "state": finding["state"],
                    "found": self._found(finding["value"]),
                    "advice": advice(self.env) if finding["state"] in ORDER else False,
                }
            )
        return rows

    @api.model
    def _found(self, value):
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if isinstance(value, list):
            return ", ".join(value) or self.env._("None")
        return str(value) if value != "" else self.env._("Not set")
