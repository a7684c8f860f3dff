from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all, ormcache

PERSONS = ("res.partner", "res.users")
#: who entered a record is no data on the person it is about
STAMPS = ("create_uid", "write_uid")
#: columns that name a person by e-mail address without pointing to a contact
MAIL_COLUMNS = ("email", "email_normalized", "email_from", "email_to", "partner_email")
#: registers of the system itself, which point to everything
SYSTEM = ("ir.model.data", "ir.cron", "res.company", "res.groups", "bus.bus")
#: parts of parts of a record
DEPTH = 2
#: what stands on the card that companies share, whichever of them has entered it
SHARED = {*PERSONS, "customer.number"}


class Link(NamedTuple):
    """A field by which records point to contacts or users; ``by_model`` names the other."""

    field: str
    comodel: str
    by_model: str = ""


class Found(NamedTuple):
    """Records of one model; ``own`` are about this person alone."""

    ids: tuple
    own: frozenset


class CustomerPrivacySweep(models.AbstractModel):
    """Finds everything the database holds on a person, in whatever model.

    Nothing is listed by hand: the registry says which fields point to contacts or users,
    so that the models of other addons are covered on the day they are installed.
    """

    _name = "customer.privacy.sweep"
    _description = "Data on a Person"

    # -- where to look --------------------------------------------------------------------

    @api.model
    @ormcache(cache="stable")
    def _tables(self):
        """Names of the models that have a table."""
        return tuple(
            name
            for name, model in sorted(self.env.registry.items())
            if not model._abstract
            and model._auto
            and not self.env[name]._table_query
            and name not in SYSTEM
        )

    @api.model
    @ormcache(cache="stable")
    def _all_links(self):
        """{model: its links}"""
        return {name: tuple(_links(m._fields)) for name, m in self.env.registry.items()}

    @api.model
    @ormcache(cache="stable")
    def _all_owners(self):
        """{model: its owners}"""
        return {
            name: tuple(_owners(m._fields)) for name, m in self.env.registry.items()
        }

    def _links_of(self, name):
        """How records of a model point to contacts, users or to records of any kind."""
        return self._all_links()[name]

    def _owners_of(self, name):
        """Fields that make a record part of another one: it goes when that one goes."""
        return self._all_owners()[name]

    # -- who is meant ---------------------------------------------------------------------

    @api.model
    def _persons(self, partner):
        """Ids by model of the person himself: his addresses and user accounts are he.

        Contacts under a contact are people of their own.
        """
        # sudo: the same persons whoever asks; what is shown of them is decided elsewhere
        partners = partner.sudo().with_context(active_test=False)
        addresses = partners
        while addresses:
            found = addresses.child_ids.filtered(lambda child: child.type != "contact")
            addresses = found - partners
            partners |= addresses
        users = partners.with_context(active_test=False).user_ids
        return {"res.partner": partners.ids, "res.users": users.ids}

    def _mail_of(self, persons):
        """His e-mail addresses, without those other people use too."""
        # sudo: compares addresses, shows none
        partners = self.env["res.partner"].sudo().browse(persons["res.partner"])
        mails = {mail for p in partners if (mail := email_normalize(p.email or ""))}
        shared = partners.with_context(active_test=False).search(
            [("email_normalized", "in", list(mails)), ("id", "not in", partners.ids)]
        )
        return mails - set(shared.mapped("email_normalized"))

    # -- looking --------------------------------------------------------------------------

    @api.model
    def _find(self, partner, companies=None):
        """All records on ``partner`` by model, parts of records included.

        :param companies: leave out what belongs to other companies
        :rtype: dict[str, Found]
        """
        self.env.flush_all()
        # sudo: a right of access is complete, whatever the clerk may see; callers have
        # checked that he may exercise it
        search = _Search(
            self.sudo().with_context(active_test=False), partner, companies
        )
        return search.run()

    @api.model
    def _foreign_companies(self, everything):
        """Companies with records among ``everything`` that the user does not work for."""
        # sudo: names of companies only, for a message that asks to involve them
        mine, others = self.env.user.company_ids.sudo(), self.env["res.company"].sudo()
        for name, found in everything.items():
            if name not in SHARED and _has_company(self.env[name]):
                # sudo: as above
                records = self.env[name].sudo().browse(found.ids)
                others |= records.company_id - mine
        return others


def _links(fields):
    for field in fields.values():
        if not field.store or field.name in STAMPS:
            continue
        if field.type in ("many2one", "many2many") and field.comodel_name in PERSONS:
            yield Link(field.name, field.comodel_name)
        elif field.type == "reference":
            yield Link(field.name, "*")
        elif field.type == "many2one_reference" and field.model_field:
            if fields[field.model_field].store:
                yield Link(field.name, "*", field.model_field)


def _owners(fields):
    for field in fields.values():
        if (
            field.type == "many2one"
            and field.store
            and field.required
            and field.ondelete == "cascade"
            and field.comodel_name not in PERSONS
        ):
            yield field.name, field.comodel_name


def _has_company(model):
    field = model._fields.get("company_id")
    return bool(field and field.store and field.comodel_name == "res.company")


class _Search:
    """One sweep: what was found so far, and the person it is about."""

    def __init__(self, sweep, partner, companies):
        self.sweep, self.env, self.companies = sweep, sweep.env, companies
        self.persons = sweep._persons(partner)
        self.mails = sweep._mail_of(self.persons)
        self.partner = partner
        self.found, self.known = {}, {}

    def run(self):
        names = self.sweep._tables()
        self.links = {name: self.sweep._links_of(name) for name in names}
        for name in names:
            self.add(name, self.direct(name))
        for _step in range(DEPTH):
            for name in names:
                self.add(name, self.attached(name))
        return {
            name: Found(tuple(sorted(ids)), self.own(name, ids))
            for name, ids in sorted(self.found.items())
            if ids
        }

    def add(self, name, ids):
        self.found.setdefault(name, set()).update(ids)

    def search(self, name, domain):
        model = self.env[name]
        domain = Domain(domain)
        if name == "ir.attachment":
            # core hides the files of binary fields unless they are asked for
            domain &= Domain("id", "!=", 0)
        if self.companies is not None and name not in PERSONS and _has_company(model):
            domain &= Domain("company_id", "in", [*self.companies.ids, False])
        return model.search(domain, order="id").ids

    def direct(self, name):
        """Records that point to the person, or that name his e-mail address."""
        if name in PERSONS:
            return {*self.persons[name], *self.search(name, self.points(name))}
        domain = self.points(name)
        ids = set(self.search(name, domain)) if not domain.is_false() else set()
        if name == "customer.audit.entry":
            # entries outlive what they are about, so they have numbers, no links
            domain = [("partner_ref", "in", self.persons["res.partner"])]
            ids.update(self.search(name, domain))
        if hasattr(self.env[name], "_ar_about"):
            about = self.env[name]._ar_about(self.persons["res.partner"])
            ids.update(self.search(name, [("id", "in", about)]))
        return ids | self.by_mail(name)

    def points(self, name):
        domain = Domain.FALSE
        for link in self.links[name]:
            for comodel, ids in self.persons.items():
                if ids and link.comodel in (comodel, "*"):
                    domain |= self.condition(link, comodel, ids)
        return domain

    def condition(self, link, comodel, ids):
        if link.comodel != "*":
            return Domain(link.field, "in", ids)
        if link.by_model:
            return Domain(link.by_model, "=", comodel) & Domain(link.field, "in", ids)
        return Domain(link.field, "in", [f"{comodel},{id_}" for id_ in ids])

    def by_mail(self, name):
        model, ids = self.env[name], set()
        for column in MAIL_COLUMNS:
            field = model._fields.get(column)
            if not field or not field.store or field.type not in ("char", "text"):
                continue
            for mail in self.mails:
                for record in model.browse(
                    self.search(name, [(column, "ilike", mail)])
                ):
                    if mail in email_normalize_all(record[column] or ""):
                        ids.add(record.id)
        return ids

    def attached(self, name):
        """Messages, files and parts of records that are about the person alone."""
        domain = Domain.FALSE
        for field, comodel in self.sweep._owners_of(name):
            if ids := self.own(comodel, self.found.get(comodel, ())):
                domain |= Domain(field, "in", list(ids))
        for link in self.links[name]:
            if link.by_model:
                for comodel, found in self.found.items():
                    ids = self.own(comodel, found) if comodel not in PERSONS else ()
                    if ids:
                        domain |= self.condition(link, comodel, list(ids))
        return self.search(name, domain) if not domain.is_false() else ()

    # -- about him alone ------------------------------------------------------------------

    @cached_property
    def family(self):
        """Contacts that do not make a record one on somebody else: his and our companies."""
        ours = self.env["res.company"].search([]).partner_id
        parents = self.env["res.partner"].browse(self.persons["res.partner"])
        parents |= parents.commercial_partner_id | parents.parent_id
        return {
            *ours.ids,
            *parents.filtered("is_company").ids,
            *self.persons["res.partner"],
        }

    def own(self, name, ids):
        """Those of ``ids`` that point to no other person."""
        if name in PERSONS:
            return frozenset(set(ids) & set(self.persons[name]))
        key = (name, len(ids))  # what was found only grows
        if key not in self.known:
            self.known[key] = self.without_strangers(name, ids)
        return self.known[key]

    def without_strangers(self, name, ids):
        fields_ = [
            link.field
            for link in self.links.get(name, ())
            if link.comodel == "res.partner"
        ]
        others = defaultdict(set)
        records = self.env[name].browse(ids)
        if hasattr(records, "_ar_privacy_own"):
            ids = records._ar_privacy_own(self.persons["res.partner"]).ids
        for field in fields_:
            for record in records:
                if strangers := set(record[field].ids) - self.family:
                    others[record.id] |= strangers
        everybody = {id_ for strangers in others.values() for id_ in strangers}
        staff = self.staff(everybody)
        return frozenset(
            id_ for id_ in ids if not others.get(id_) or others[id_] <= staff
        )

    def staff(self, partner_ids):
        """Those of ``partner_ids`` who are our own employees."""
        users = self.env["res.users"].search(
            [("partner_id", "in", list(partner_ids)), ("share", "=", False)]
        )
        return set(users.partner_id.ids)
