from odoo import api, fields, models


class ArCreditGrade(models.Model):
    """A rung of the ladder on which customers are rated; shared by all companies.

    From which score on a customer stands on it, each scorecard says for itself.
    """

    _name = "ar.credit.grade"
    _description = "Credit Grade"
    _order = "sequence, id"

    name = fields.Char(string="Grade", required=True, help="E.g. AAA, A, D.")
    sequence = fields.Integer(default=10, help="The best grade comes first.")
    meaning = fields.Char(translate=True, help="What it says, for readers of reports.")
    color = fields.Selection(
        [("success", "Green"), ("warning", "Yellow"), ("danger", "Red")],
        string="Shown in",
        default="success",
        required=True,
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "There is a grade of this name already."
    )

    @api.model
    def _ranks(self):
        """{grade id: rank}, 1 is the best; grades put away keep their place."""
        # sudo: names and order of grades are no secret
        grades = self.sudo().with_context(active_test=False).search([])
        return {grade.id: rank for rank, grade in enumerate(grades, 1)}

    def _at_or_below(self):
        """This grade and all worse ones."""
        ranks = self._ranks()
        return self.browse(id_ for id_, rank in ranks.items() if rank >= ranks[self.id])
