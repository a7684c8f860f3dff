"""People of the tests: accounts that are kept asleep, and made where none is kept.

To make an account takes a third of a second, to wake one a twentieth of that. A database
that ``./dev test`` has prepared (:mod:`.common_books`) keeps some of each role.
"""

import json

from odoo import SUPERUSER_ID, Command, api
from odoo.models import BaseModel
from odoo.tests import new_test_user

#: where a database tells which accounts are asleep
PARAMETER = "customer_ar_suite.test_people"
PREFIX = "customer_ar_suite.customer_ar_suite_group_"
EMPLOYEE = "base.group_user"
#: roles and groups of an employee → how many are kept: as many as one test has at once
KEPT = {
    (): 3,
    ("administrator",): 3,
    ("ar_accountant",): 3,
    ("ar_clerk",): 3,
    ("auditor",): 3,
    ("collector",): 3,
    ("credit_manager",): 3,
    ("customer_clerk",): 3,
    ("customer_reviewer",): 3,
    ("ar_accountant", "customer_clerk"): 2,
    ("collector", "customer_clerk"): 2,
    ("customer_clerk", "customer_reviewer"): 2,
    ("account.group_account_invoice", "customer_clerk"): 1,
    ("account.group_account_invoice", "customer_reviewer"): 2,
}
#: what somebody who is woken may be told to be; whoever is to be more is made anew
PLAIN = {"company_id", "company_ids", "email", "lang", "name", "password", "tz"}


def groups_of(roles):
    """The groups of an employee with these roles of the suite, as core's tests name them.

    A role with a point in its name is a group of another addon.
    """
    return ",".join([EMPLOYEE, *(x if "." in x else f"{PREFIX}{x}" for x in roles)])


def employee(env, roles, login, company, **values):
    """Somebody in these roles who works for one company."""
    home = {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
    return person(env, login, groups_of(roles), **{**home, **values})


def person(env, login, groups=EMPLOYEE, **values):
    """What core's ``new_test_user`` makes, or somebody who sleeps and holds these groups."""
    values = {**_defaults(env), **values}
    user = _asleep(env, groups) if _is_plain(values) else None
    if not user:
        context = {"no_reset_password": True}  # nobody gets a mail of it
        return new_test_user(env, login, groups, context=context, **values)
    user.active = True
    # past what tells people that their own address or password has changed
    BaseModel.write(user, _named(login, groups) | values)
    user.env.flush_all()
    return user.with_env(env)


def keep_people(env, company):
    """Have the accounts, archived: not there until somebody is needed.

    The log knows nothing of them: who wakes one does so past it.
    """
    recording = env["customer.audit.policy"].search([])
    recording.active = False
    roles = [one for one, count in KEPT.items() for _copy in range(count)]
    people = env["res.users"].create(
        [
            {
                **_named(f"kept-{number}", groups_of(held)),
                "group_ids": [
                    Command.set([env.ref(x).id for x in groups_of(held).split(",")])
                ],
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
            for number, held in enumerate(roles)
        ]
    )
    env.flush_all()
    people.active = False
    people.partner_id.active = False
    env.flush_all()
    recording.active = True
    env.cr.execute(
        "DELETE FROM customer_access_conflict WHERE user_id = ANY(%s)", [people.ids]
    )
    kept = {}
    for user, held in zip(people, roles, strict=True):
        kept.setdefault(_key(groups_of(held)), []).append(user.id)
    env["ir.config_parameter"].set_param(PARAMETER, json.dumps(kept))


def _key(groups):
    """Groups as the database keeps them: each role makes its holder an employee."""
    names = {name.strip() for name in groups.split(",")} - {EMPLOYEE}
    return ",".join(sorted(names))


def _asleep(env, groups):
    """The first account with these groups whom nobody has woken."""
    root = api.Environment(env.cr, SUPERUSER_ID, env.context)
    kept = root["ir.config_parameter"].get_param(PARAMETER)
    ids = json.loads(kept or "{}").get(_key(groups), [])
    for user in root["res.users"].browse(ids):
        if not user.active:
            return user
    return None


def _defaults(env):
    """What somebody new gets of the company and the context he is made in."""
    context = {x: env.context[x] for x in ("lang", "tz") if env.context.get(x)}
    home = {"company_id": env.company.id, "company_ids": [Command.set(env.company.ids)]}
    return context | home


def _is_plain(values):
    """Tell whether somebody kept can be all that: of one company, and nothing besides."""
    companies = [Command.set([values["company_id"]])]
    return values.keys() <= PLAIN and [*map(tuple, values["company_ids"])] == [
        *map(tuple, companies)
    ]


def _named(login, groups):
    """What core's tests make of a login."""
    return {
        "login": login,
        "name": f"{login} ({groups})",
        "email": f"{login[0]}.{login[0]}@example.com",
        "password": login.ljust(8, "x"),
    }
