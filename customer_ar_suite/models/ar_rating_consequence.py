from odoo import api, fields, models

#: the dimension that shows grades, where it is switched on
DIMENSION = "credit_grade"


class ArRatingConsequence(models.AbstractModel):
    """What follows when grades change: the dimension, proposals of the policy, the profile."""

    _name = "ar.rating.consequence"
    _description = "What Follows from Grades"

    @api.model
    def _after_change(self, company, partner_ids, run):
        """Called with customers whose grade in ``company`` may be another one now."""
        if not partner_ids:
            return
        today = fields.Date.context_today(self)
        standing = self.env["ar.rating"]._standing(partner_ids, company, today)
        self._mirror(company, partner_ids, today)
        self.env["ar.grade.proposal"]._propose(company, standing, run)
        if run:
            self._note_on_profiles(company, run)

    @api.model
    def _mirror(self, company, partner_ids, today):
        """The dimension *Credit Grade*: the grade, or the worst of several companies.

        A dimension of one company shows that company's grades alone.
        """
        # sudo: the mirror is written whoever had the customers rated
        dimensions = (
            self.env["customer.dimension"]
            .sudo()
            .search(
                [
                    ("code", "=", DIMENSION),
                    ("is_mirror", "=", True),
                    ("company_id", "in", (False, company.id)),
                ]
            )
        )
        for dimension in dimensions:
            # sudo: all companies have grades, whoever started it
            every = self.env["res.company"].sudo().search([])
            companies = dimension.company_id or every
            worst = self._worst(partner_ids, companies, today)
            categories = self._categories(dimension, set(worst.values()))
            # sudo: see above
            self.env["customer.category.assignment"].sudo()._assign(
                {id_: categories.get(worst.get(id_), False) for id_ in partner_ids},
                dimension,
                "mirror",
                today,
            )

    def _worst(self, partner_ids, companies, today):
        """{customer: worst of his grades}"""
        ranks = self.env["ar.credit.grade"]._ranks()
        found = {}
        for company in companies:
            standing = self.env["ar.rating"]._standing(partner_ids, company, today)
            for id_, (grade_id, _rating, _override) in standing.items():
                if grade_id and ranks[grade_id] >= ranks.get(found.get(id_), 0):
                    found[id_] = grade_id
        return found

    def _categories(self, dimension, grade_ids):
        """{grade: category of the dimension}; made where there is none."""
        grades = self.env["ar.credit.grade"].browse(sorted(grade_ids))
        codes = {grade: _code(grade) for grade in grades}
        # sudo: categories of a mirror are made by the suite
        categories = (
            self.env["customer.category"].sudo().with_context(active_test=False)
        )
        known = {
            category.code: category
            for category in categories.search(
                [
                    ("dimension_id", "=", dimension.id),
                    ("code", "in", list(codes.values())),
                ]
            )
        }
        missing = [grade for grade in grades if codes[grade] not in known]
        for grade in missing:
            known[codes[grade]] = categories.create(
                {
                    "name": grade.name,
                    "code": codes[grade],
                    "dimension_id": dimension.id,
                    "sequence": grade.sequence,
                }
            )
        return {grade.id: known[codes[grade]].id for grade in grades}

    def _note_on_profiles(self, company, run):
        """Credit profiles of customers whose grade changed say so."""
        # sudo: written by the run
        items = (
            self.env["ar.rating.item"]
            .sudo()
            .search([("run_id", "=", run.id), ("movement", "in", ("up", "down"))])
        )
        by_partner = {item.partner_id.id: item for item in items}
        # sudo: as above
        profiles = (
            self.env["ar.credit.profile"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", list(by_partner)),
                    ("company_id", "=", company.id),
                ]
            )
        )
        bodies = {
            profile.id: self.env._(
                "Credit grade: %(old)s → %(new)s, score %(score)s.",
                old=by_partner[profile.partner_id.id].previous_grade_id.name,
                new=by_partner[profile.partner_id.id].grade_id.name,
                score=f"{by_partner[profile.partner_id.id].score:.2f}",
            )
            for profile in profiles
        }
        if bodies:
            profiles._message_log_batch(bodies)


def _code(grade):
    """What the category of a grade is called: letters and digits of its name."""
    return "".join(
        char if char.isalnum() else {"+": "p", "-": "m"}.get(char, "_")
        for char in grade.name.lower()
    )
