from dataclasses import replace

from odoo import models
from odoo.tools import formatLang

from ..engine.money import to_minor
from ..engine.report.charts import CALM, COLORS, LATE, PALE, Chart, Series, fewer
from ..engine.report.table import Column, Row


class CustomerCategoryFigure(models.Model):
    """The table of the dashboard on paper, and its charts from the rows of that table."""

    _inherit = "customer.category.figure"

    # -- export ---------------------------------------------------------------------------

    def _table_title(self):
        return self.env._("Customers by Category")

    def _grouped_rows(self, domain, group_by, measures):
        """By category alone: with numbers of customers and ratios, as on the dashboard."""
        (column, *others) = group_by
        currencies = self._reporting_currency() or self.env.companies.currency_id
        columns = self.env["customer.dimension"]._columns()
        if others or column not in columns or len(currencies) > 1:
            return super()._grouped_rows(domain, group_by, measures)
        rows, total = self._category_rows(domain, column, currencies)
        return self._category_columns(column, measures), [
            Row(
                kind,
                self._category_cells(row, measures, currencies),
                currencies.decimal_places,
            )
            for kind, row in [*(("row", row) for row in rows), ("total", total)]
        ]

    def _category_rows(self, domain, column, currencies):
        """The rows of the dashboard, and their total."""
        columns = self.env["customer.dimension"]._columns()
        names = ("customer_count", *self._ar_sums)
        found = {
            category.id or 0: dict(zip(names, (one or 0 for one in sums), strict=True))
            for category, *sums in self._read_group(
                domain, [column], [f"{name}:sum" for name in names]
            )
        }
        dashboard = self.env["customer.category.dashboard"]
        dimension = self.env["customer.dimension"].browse(columns[column].dimension_id)
        counts = {id_: sums["customer_count"] for id_, sums in found.items()}
        days = (self._as_of() - self._first_day()).days + 1
        rows = dashboard._rows(dimension, counts, found, days, currencies)
        total = dashboard._total(counts, found, days, currencies)
        total |= {"name": self.env._("Total"), "share": 100 if rows else None}
        return rows, total

    def _category_columns(self, column, measures):
        return [
            Column("group", self._group_label(column), "text"),
            Column("count", self.env._("Customers"), "days"),
            Column("share", self.env._("Share"), "days"),
            *self._measure_columns(measures),
            Column("margin_rate", self.env._("Margin (%)"), "days"),
            Column("limit_use", self.env._("Limit Used (%)"), "days"),
            Column("dso", self.env._("DSO (Days)"), "days"),
        ]

    def _category_cells(self, row, measures, currency):
        digits = currency.decimal_places
        return (
            row["name"],
            row["count"],
            self._ratio_text(row["share"]),
            *(to_minor(row.get(name) or 0, digits) for name in measures),
            self._ratio_text(row.get("margin_rate")),
            self._ratio_text(row.get("limit_use")),
            self._ratio_text(row.get("dso"), ""),
        )

    def _ratio_text(self, number, unit=" %"):
        if number is None:
            return ""
        return formatLang(self.env, number, digits=1) + unit

    # -- charts ---------------------------------------------------------------------------

    def _as_table(self, domain, group_by):
        table = super()._as_table(domain, group_by)
        if not any(column.code == "share" for column in table.columns):
            return table  # not by one category alone, or in several currencies
        return replace(table, charts=self._charts(table, domain, group_by[0]))

    def _charts(self, table, domain, column):
        rows = [row for row in table.rows if row.kind == "row"]
        if not rows:
            return ()
        found = [self._bar_chart(table, rows, *asked) for asked in self._asked_charts()]
        trend = None if list(domain) else self._trend_chart(column)
        others = self.env._("All others")
        charts = [fewer(one, others) for one in found]
        return (*charts, trend) if trend else tuple(charts)

    def _asked_charts(self):
        """(title, kind, [(name, colour, how it is made of the cells of a row)])"""
        return [
            (
                self.env._("Customers"),
                "bars",
                [(self.env._("Customers"), COLORS[2], lambda cell: cell("count"))],
            ),
            (
                self.env._("Revenue"),
                "bars",
                [
                    (
                        self.env._("Period Before"),
                        PALE,
                        lambda cell: cell("before_revenue_amount"),
                    ),
                    (
                        self.env._("This Period"),
                        COLORS[0],
                        lambda cell: cell("revenue_amount"),
                    ),
                ],
            ),
            (
                self.env._("Receivable"),
                "stack",
                [
                    (
                        self.env._("Not Overdue"),
                        CALM,
                        lambda cell: cell("receivable_amount") - cell("overdue_amount"),
                    ),
                    (self.env._("Overdue"), LATE, lambda cell: cell("overdue_amount")),
                ],
            ),
        ]

    def _bar_chart(self, table, rows, title, kind, series):
        places = {column.code: n for n, column in enumerate(table.columns)}

        def values(made):
            return tuple(
                made(lambda name, row=row: row.cells[places[name]] or 0) for row in rows
            )

        return Chart(
            title,
            kind,
            tuple(row.cells[places["group"]] for row in rows),
            tuple(Series(name, color, values(made)) for name, color, made in series),
            is_count=title == self.env._("Customers"),
        )

    def _trend_chart(self, column):
        """Revenue per month of the largest categories, as on the screen."""
        companies = self.env.companies
        currency = self._reporting_currency() or companies.currency_id
        rows, _total = self._category_rows([], column, currency)
        trend = self.env["customer.category.dashboard"]._trend(
            self, column, rows, companies, self._as_of(), currency
        )
        digits = currency.decimal_places
        return Chart(
            self.env._("Revenue per Month"),
            "lines",
            tuple(trend["months"]),
            tuple(
                Series(
                    line["name"].rsplit(" / ", 1)[-1],  # many names side by side
                    COLORS[number % len(COLORS)],
                    tuple(to_minor(amount, digits) for amount in line["amounts"]),
                )
                for number, line in enumerate(trend["lines"])
            ),
        )
