from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine import kpi
from ..engine.money import to_minor

USER_GROUP = "customer_ar_suite.customer_ar_suite_group_user"
FIGURES = "customer.category.figure"
PERIODS = ("month", "quarter", "year", "twelve_months", "last_year", "custom")
#: categories that the chart of the trend draws by themselves, and months it looks back
MOST_LINES, TREND_MONTHS = 6, 12
#: days per period at most: what is longer says nothing of today
MOST_DAYS = 3_700


class CustomerCategoryDashboard(models.AbstractModel):
    """Customers by category: how many, what they buy, earn us and owe. It reads only.

    Customers are counted with the rights on contacts; amounts are sums of
    ``customer.category.figure``, with the rights on its rows. Who may see the money of some
    customers only gets the amounts of these, and is told so.
    """

    _name = "customer.category.dashboard"
    _description = "Dashboard of Customer Categories"

    # -- what can be chosen ---------------------------------------------------------------

    @api.model
    def get_choices(self):
        """Dimensions, companies and periods this user may choose, and what he begins with."""
        self._check_reader()
        dimensions = self._dimensions()
        return {
            "dimensions": [
                {"id": dimension.id, "name": dimension.name} for dimension in dimensions
            ],
            "companies": [
                {"id": company.id, "name": company.name}
                for company in self.env.companies
            ],
            "periods": self._period_names(),
            "defaults": {
                "dimension_id": self._busiest(dimensions),
                "company_id": False,
                "period": "twelve_months",
                "date_from": False,
                "date_to": False,
            },
            "can_export": self.env.user.has_group("base.group_allow_export"),
        }

    @api.model
    def _period_names(self):
        names = {
            "month": self.env._("This month"),
            "quarter": self.env._("This quarter"),
            "year": self.env._("This year"),
            "twelve_months": self.env._("Last 12 months"),
            "last_year": self.env._("Last year"),
            "custom": self.env._("From … to …"),
        }
        return [[code, names[code]] for code in PERIODS]

    @api.model
    def _check_reader(self):
        if not self.env.user.has_group(USER_GROUP):
            raise AccessError(
                self.env._("Only users of the receivables suite see this dashboard.")
            )

    @api.model
    def _dimensions(self):
        """The dimensions that are shown on customers in this company."""
        shown = self.env["res.partner"]._shown_columns().values()
        return self.env["customer.dimension"].browse(
            [column.dimension_id for column in shown]
        )

    @api.model
    def _busiest(self, dimensions):
        """The dimension by which most customers are classified."""
        counts = {dimension.id: dimension.customer_count for dimension in dimensions}
        return max(counts, key=counts.get, default=False)

    # -- what is asked for ----------------------------------------------------------------

    @api.model
    def _asked(self, options):
        """Options from outside → (dimension, companies, first day, last day)."""
        options = options if isinstance(options, dict) else {}
        dimensions = self._dimensions()
        dimension = dimensions.filtered(
            lambda one: one.id == options.get("dimension_id")
        )
        if not dimension:
            raise UserError(
                self.env._("Choose a dimension that is switched on in this company.")
            )
        companies = self.env.companies
        if options.get("company_id"):
            companies = companies.filtered(lambda one: one.id == options["company_id"])
            if not companies:
                raise UserError(
                    self.env._("This company is not among your active companies.")
                )
        return dimension, companies, *self._days(options)

    @api.model
    def _days(self, options):
        """First and last day of the period asked for."""
        today = fields.Date.context_today(self)
        period = options.get("period")
        if period == "custom":
            return self._custom_days(options)
        if period == "last_year":
            year = today.year - 1
            return today.replace(year, 1, 1), today.replace(year, 12, 31)
        if period in ("month", "quarter", "year"):
            return fields.Date.start_of(today, period), today
        return fields.Date.subtract(today, months=12) + timedelta(days=1), today

    @api.model
    def _custom_days(self, options):
        try:
            first = fields.Date.to_date(options.get("date_from"))
            last = fields.Date.to_date(options.get("date_to"))
        except (TypeError, ValueError):
            first = last = None
        if not first or not last:
            raise UserError(self.env._("Choose the first and the last day."))
        if first > last or (last - first).days > MOST_DAYS:
            raise UserError(
                self.env._(
                    "The period from %(first)s to %(last)s cannot be shown: it ends before "
                    "it begins, or is longer than ten years.",
                    first=format_date(self.env, first),
                    last=format_date(self.env, last),
                )
            )
        return first, last

    @api.model
    def _figures(self, companies, first, last):
        """The report with the keys that choose its view: one currency for all amounts."""
        currencies = companies.currency_id
        currency = currencies if len(currencies) == 1 else self.env.company.currency_id
        keys = {
            "ar_date_from": fields.Date.to_string(first),
            "ar_as_of": fields.Date.to_string(last),
            "allowed_company_ids": companies.ids,
        }
        if len(currencies) > 1:
            keys["ar_amounts_in"] = str(currency.id)
        return self.env[FIGURES].with_context(**keys), currency

    # -- what is shown --------------------------------------------------------------------

    @api.model
    def get_data(self, options):
        """Figures per category, totals, trend and grades, for the screen."""
        self._check_reader()
        dimension, companies, first, last = self._asked(options)
        figures, currency = self._figures(companies, first, last)
        column = dimension._column_name()
        counts = self._counts(dimension, column, companies)
        has_money = figures.has_access("read")
        sums = self._sums(figures, column) if has_money else {}
        days = (last - first).days + 1
        rows = self._rows(dimension, counts, sums, days, currency)
        return {
            "dimension": dimension.name,
            "first": fields.Date.to_string(first),
            "last": fields.Date.to_string(last),
            "period": self.env._(
                "%(first)s – %(last)s",
                first=format_date(self.env, first),
                last=format_date(self.env, last),
            ),
            "currency_id": currency.id,
            "has_money": has_money,
            "is_partial": has_money
            and bool(self.env["customer.category.grant"]._lacks("money")),
            "rows": rows,
            "total": self._total(counts, sums, days, currency),
            "grades": self._grades(column, companies),
            "trend": self._trend(figures, column, rows, companies, last, currency)
            if has_money
            else None,
        }

    @api.model
    def _customer_domain(self, dimension, companies):
        """The customers that count, as in the rows of the report."""
        return dimension.browse()._customer_domain() & Domain(
            "company_id", "in", [*companies.ids, False]
        )

    @api.model
    def _counts(self, dimension, column, companies):
        """{category id or 0: number of customers}."""
        rows = (
            self.env["res.partner"]
            .with_context(allowed_company_ids=companies.ids)
            ._read_group(
                self._customer_domain(dimension, companies), [column], ["__count"]
            )
        )
        return {category.id or 0: count for category, count in rows}

    @api.model
    def _sums(self, figures, column):
        """{category id or 0: {figure: sum}} of the rows of the report."""
        names = figures._ar_sums
        rows = figures._read_group([], [column], [f"{name}:sum" for name in names])
        return {
            category.id or 0: dict(
                zip(names, (amount or 0 for amount in amounts), strict=True)
            )
            for category, *amounts in rows
        }

    @api.model
    def _rows(self, dimension, counts, sums, days, currency):
        """Categories in their order, those without anybody left out, none at the end."""
        found = {*counts, *sums}
        # sudo: names of categories of a dimension the reader sees
        categories = dimension.sudo().with_context(active_test=False).category_ids
        names = {one.id: one.display_name for one in categories if one.id in found}
        if 0 in found:
            names[0] = self.env._("Without a category")
        everybody = sum(counts.values())
        revenue = sum(values["revenue_amount"] for values in sums.values())
        rows = []
        for id_, name in names.items():
            row = self._row(counts.get(id_, 0), sums.get(id_), days, currency)
            row |= {
                "id": id_,
                "name": name,
                "share": self._percent(kpi.share(row["count"], everybody)),
                "revenue_share": self._percent(
                    kpi.share(
                        to_minor(row.get("revenue_amount", 0), currency.decimal_places),
                        to_minor(revenue, currency.decimal_places),
                    )
                ),
            }
            rows.append(row)
        return rows

    @api.model
    def _total(self, counts, sums, days, currency):
        added = {
            name: sum(values[name] for values in sums.values())
            for name in self.env[FIGURES]._ar_sums
        }
        return self._row(sum(counts.values()), added if sums else None, days, currency)

    @api.model
    def _row(self, count, sums, days, currency):
        """The figures of a category and the ratios made of them."""
        if sums is None:
            return {"count": count}
        units = {
            name: to_minor(sums[name], currency.decimal_places)
            for name in self.env[FIGURES]._ar_sums
            if name.endswith("_amount")
        }
        days_outstanding = kpi.dso(
            units["receivable_amount"], units["billed_amount"], days
        )
        return {
            "count": count,
            **{name: sums[name] for name in self.env[FIGURES]._ar_sums},
            "dso": None if days_outstanding is None else days_outstanding / 10,
            "growth": self._percent(
                kpi.growth(units["revenue_amount"], units["before_revenue_amount"])
            ),
            "margin_rate": self._percent(
                kpi.share(units["margin_amount"], units["costed_amount"])
            ),
            "overdue_share": self._percent(
                kpi.share(units["overdue_amount"], units["receivable_amount"])
            ),
            "limit_use": self._percent(
                kpi.share(units["limited_exposure_amount"], units["allowed_amount"])
            ),
        }

    @api.model
    def _percent(self, hundredths):
        return None if hundredths is None else hundredths / 100

    @api.model
    def _grades(self, column, companies):
        """{category id or 0: {grade: customers}} where customers have been rated."""
        partners = self.env["res.partner"]
        dimension = self._dimensions().filtered(
            lambda one: one.code == "credit_grade" and one.is_mirror
        )[:1]
        if not dimension or dimension._column_name() == column:
            return None
        grade = dimension._column_name()
        rows = partners.with_context(allowed_company_ids=companies.ids)._read_group(
            self._customer_domain(dimension, companies) & Domain(grade, "!=", False),
            [column, grade],
            ["__count"],
        )
        if not rows:
            return None
        order = dimension.category_ids.mapped("display_name")
        counts = {}
        for category, rated, count in rows:
            counts.setdefault(category.id or 0, {})[rated.display_name] = count
        return {"names": order, "counts": counts}

    @api.model
    def _trend(self, figures, column, rows, companies, last, currency):
        """Revenue per month of the largest categories, and of all others together."""
        first = fields.Date.start_of(
            fields.Date.subtract(last, months=TREND_MONTHS - 1), "month"
        )
        by_month = self._monthly(figures, column, companies, first, last, currency)
        months = [fields.Date.add(first, months=n) for n in range(TREND_MONTHS)]
        largest = sorted(rows, key=lambda row: -(row.get("revenue_amount") or 0))
        lines = [
            {
                "id": row["id"],
                "name": row["name"],
                "amounts": [by_month.get((row["id"], month), 0) for month in months],
            }
            for row in largest[:MOST_LINES]
        ]
        if len(largest) > MOST_LINES:
            rest = [row["id"] for row in largest[MOST_LINES:]]
            lines.append(
                {
                    "id": None,
                    "name": self.env._("All others"),
                    "amounts": [
                        sum(by_month.get((id_, month), 0) for id_ in rest)
                        for month in months
                    ],
                }
            )
        labels = [format_date(self.env, one, date_format="MMM yy") for one in months]
        return {"months": labels, "lines": lines}

    @api.model
    def _monthly(self, figures, column, companies, first, last, currency):
        """{(category id or 0, first of month): revenue} of the customers in the report."""
        moves = self.env["account.move"].with_context(allowed_company_ids=companies.ids)
        if not moves.has_access("read"):
            return {}
        rows = moves._read_group(
            [
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "=", "posted"),
                ("invoice_date", ">=", first),
                ("invoice_date", "<=", last),
                ("company_id", "in", companies.ids),
            ],
            [column, "invoice_date:month", "company_id"],
            ["amount_untaxed_signed:sum"],
        )
        found = {}
        for category, month, company, amount in rows:
            rate = self.env["res.currency"]._get_conversion_rate(
                company.currency_id, currency, company, figures._rate_date()
            )
            key = category.id or 0, month
            found[key] = found.get(key, 0) + currency.round(amount * rate)
        return found
