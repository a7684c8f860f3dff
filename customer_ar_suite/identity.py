"""The mark on methods before which users prove who they are; for models and wizards."""

from functools import wraps

from odoo.addons.base.models.res_users import check_identity


def ar_identity_required(code, companies=None):
    """The user proves who he is before the decorated button method runs.

    What needs the proof, and in which companies, is data (``ar.identity.rule``). The
    dialog is Odoo's own: password, passkey or authenticator code. ``companies`` is the
    path from the records to the companies whose rules count; without one, those of all
    companies of the user count, whatever companies a client names.
    """

    def decorate(method):
        ask = check_identity(method)

        @wraps(method)
        def guarded(self, *args, **kwargs):
            self.check_access("read")
            rules = self.env["ar.identity.rule"]
            # sudo: which company a record belongs to, nothing else is read
            scope = companies and self.sudo().mapped(companies)
            scope = scope or self.env.user.company_ids
            if rules._is_demanded(code, scope):
                if not rules._is_confirmed():
                    return ask(self, *args, **kwargs)
                rules._log_confirmed(code, self)
            return method(self, *args, **kwargs)

        # Odoo's dialog calls back only what carries this mark
        guarded.__has_check_identity = True
        return guarded

    return decorate
