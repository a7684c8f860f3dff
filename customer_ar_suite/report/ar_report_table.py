from datetime import date

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import format_amount

from ..engine.money import to_minor
from ..engine.report.table import (
    RATE_DIGITS,
    Column,
    Figures,
    ReportTable,
    Row,
    grouped,
)

#: type of field → kind of column; everything else is text
KINDS = {"date": "date", "integer": "days", "float": "rate", "monetary": "foreign"}
#: leaves of a filter that are written out; more are counted
MOST_VALUES = 10


class ArReportMixin(models.AbstractModel):
    """The report as a table, for every way to write it."""

    _inherit = "ar.report.mixin"

    #: amounts of the table, in the order of its columns
    _ar_measures = ()
    #: texts of a table that lists single rows
    _ar_item_fields = ()

    def _as_table(self, domain, group_by):
        """The rows of ``domain`` as :class:`ReportTable`; groups as on the screen."""
        measures = self._measures()
        if group_by:
            columns, rows = self._grouped_rows(domain, group_by, measures)
        else:
            columns, rows = self._item_rows(domain, measures)
        return ReportTable(
            title=self._table_title(),
            facts=(*self._parameter_facts(), *self._print_facts(domain)),
            columns=tuple(columns),
            rows=tuple(rows),
            notes=(*self._rate_warnings(), *self._tie_out_notes()),
        )

    def _measures(self):
        return self._ar_measures

    def _measure_columns(self, measures):
        info = self.fields_get(measures, ["string"])
        return [Column(name, info[name]["string"], "amount") for name in measures]

    # -- grouped --------------------------------------------------------------------------

    def _grouped_rows(self, domain, group_by, measures):
        """One row per innermost group, totals for the outer ones."""
        *outer, inner = group_by
        found = self._read_group(
            domain,
            [*outer, inner, "shown_currency_id"],
            [f"{name}:sum" for name in measures],
        )
        names = self._names(found, group_by)
        several = len({row[len(group_by)] for row in found}) > 1
        lines = [self._figures(row, group_by, names, len(outer)) for row in found]
        inner_columns = self._inner_columns(inner)
        columns = [*inner_columns]
        if several:
            columns.append(Column("currency", self.env._("Currency"), "text"))
        columns += self._measure_columns(measures)
        rows = grouped(
            lines, self.env._("Total"), self.env._("Total %s", "%s"), several
        )
        return columns, rows

    def _figures(self, row, group_by, names, depth):
        keys, currency, amounts = (
            row[: len(group_by)],
            row[len(group_by)],
            row[len(group_by) + 1 :],
        )
        labels = [names[name, key] for name, key in zip(group_by, keys, strict=True)]
        inner = labels[-1] if isinstance(labels[-1], tuple) else (labels[-1],)
        outer = (
            label[0] if isinstance(label, tuple) else label for label in labels[:depth]
        )
        digits = currency.decimal_places
        return Figures(
            tuple(outer),
            inner,
            currency.name or "",
            digits,
            tuple(to_minor(amount or 0, digits) for amount in amounts),
        )

    def _inner_columns(self, inner):
        """Columns of the texts of the innermost group."""
        label = self._group_label(inner)
        if inner == "partner_id":
            return [
                Column("partner", label, "text"),
                Column("ref", self.env._("Customer No."), "text"),
            ]
        return [Column("group", label, "text")]

    def _group_label(self, spec):
        name = spec.split(":")[0]
        return self.fields_get([name], ["string"])[name]["string"]

    def _names(self, found, group_by):
        """{(group, key): text}; texts of customers are pairs of name and number."""
        names = {}
        for number, spec in enumerate(group_by):
            keys = {row[number] for row in found}
            field = self._fields[spec.split(":")[0]]
            if field.type == "many2one":
                names |= {
                    (spec, record): text
                    for record, text in self._record_names(field, keys).items()
                }
            else:
                labels = self._value_names(field, spec)
                names |= {(spec, key): labels(key) for key in keys}
        return names

    def _record_names(self, field, records):
        """Names of all records in one question; those out of reach stay unnamed."""
        comodel = self.env[field.comodel_name]
        everyone = comodel.union(*records)
        visible = everyone._filtered_access("read")
        customer = field.comodel_name == "res.partner"
        wanted = ["complete_name", "ref"] if customer else [comodel._rec_name or "id"]
        visible.fetch(wanted)
        closed = self._ar_masked_name()
        none = self.env._("None")
        texts = {}
        for record in records:
            if not record:
                texts[record] = (none, "") if customer else none
            elif record not in visible:
                texts[record] = (closed, "") if customer else closed
            elif customer:
                texts[record] = (record.complete_name or "", record.ref or "")
            else:
                texts[record] = record.display_name
        return texts

    def _value_names(self, field, spec):
        """Function that names a value of a selection or date."""
        if field.type == "selection":
            labels = dict(self.fields_get([field.name])[field.name]["selection"])
            return lambda key: labels.get(key) or self.env._("None")
        granularity = spec.partition(":")[2]
        pattern = {"month": "MMM yyyy", "year": "yyyy", "quarter": "QQQ yyyy"}.get(
            granularity
        )
        return lambda key: (
            format_date(self.env, key, date_format=pattern)
            if isinstance(key, date)
            else str(key or self.env._("None"))
        )

    # -- single rows ----------------------------------------------------------------------

    def _item_rows(self, domain, measures):
        """One row per row of the report, and totals per currency."""
        names = self._item_fields()
        info = self.fields_get(names, ["string", "type"])
        columns = [
            Column(name, info[name]["string"], KINDS.get(info[name]["type"], "text"))
            for name in names
        ]
        columns.append(Column("currency", self._currency_heading(), "text"))
        columns += self._measure_columns(measures)
        records = self.search_fetch(
            domain, [*names, *measures, "shown_currency_id"], order=self._item_order()
        )
        texts = {
            name: self._record_names(
                self._fields[name], {record[name] for record in records}
            )
            for name in names
            if info[name]["type"] == "many2one"
        }
        rows, sums = [], {}
        for record in records:
            currency = record.shown_currency_id
            amounts = [
                to_minor(record[name] or 0, currency.decimal_places)
                for name in measures
            ]
            total = sums.setdefault(currency, [0] * len(measures))
            for number, amount in enumerate(amounts):
                total[number] += amount
            cells = (self._item_cell(record, name, texts) for name in names)
            rows.append(
                Row(
                    "row",
                    (*cells, currency.name, *amounts),
                    currency.decimal_places,
                    self._document_digits(record),
                )
            )
        blank = ["" if c.kind == "text" else None for c in columns[1 : len(names)]]
        rows += [
            Row(
                "total",
                (self.env._("Total"), *blank, currency.name, *amounts),
                currency.decimal_places,
            )
            for currency, amounts in sums.items()
        ]
        return columns, rows

    def _item_fields(self):
        return self._ar_item_fields

    def _document_digits(self, record):
        """Digits of the row's own currency, where it has one."""
        has_own = "currency_id" in self._fields
        return (
            record.currency_id if has_own else record.shown_currency_id
        ).decimal_places

    def _currency_heading(self):
        """Heading of the column with the currency of the amounts."""
        return self.env._("Currency")

    def _item_order(self):
        return None

    def _item_cell(self, record, name, texts):
        value = record[name]
        if name in texts:
            text = texts[name][value]
            return text[0] if isinstance(text, tuple) else text
        field = self._fields[name]
        if field.type == "selection":
            return dict(self.fields_get([name])[name]["selection"]).get(value, "")
        if field.type == "monetary":
            return to_minor(value or 0, record[field.currency_field].decimal_places)
        if field.type == "float":
            return to_minor(value, RATE_DIGITS) if value else None
        return (
            value
            if isinstance(value, (date, int)) and value is not False
            else (value or "")
        )

    # -- what a reader must know ----------------------------------------------------------

    def _parameter_facts(self):
        """Pairs of label and value that say what is shown."""
        names = ", ".join(self.env.companies.mapped("display_name"))
        return [
            (self.env._("Company"), names),
            *self._date_facts(),
            *self._known_facts(),
            *self._currency_facts(),
        ]

    def _known_facts(self):
        """Of which moment the knowledge is, and whether all of it was recorded."""
        known_on = self._known_on()
        if not known_on:
            return []
        text = format_datetime(self.env, known_on)
        if not self.env["ar.ledger"]._known_is_exact(known_on):
            text = self.env._(
                "%(moment)s (approximate: before changes were recorded)", moment=text
            )
        return [(self.env._("As known on"), text)]

    def _date_facts(self):
        return [(self.env._("As of"), self._day_text(self._as_of()))]

    def _period_fact(self):
        """The period as pair of label and value."""
        return (
            self.env._("Period"),
            self.env._(
                "%(first)s – %(last)s",
                first=format_date(self.env, self._first_day()),
                last=self._day_text(self._as_of()),
            ),
        )

    def _day_text(self, day):
        """A day, with a warning if it has not come yet."""
        text = format_date(self.env, day)
        if day <= fields.Date.context_today(self):
            return text
        return self.env._("%(date)s (in the future: what is posted so far)", date=text)

    def _currency_facts(self):
        """In which currency, and at which rates of which day."""
        asked = self._reporting_currency()
        label = self.env._("Amounts in")
        if self._in_documents():
            return [(label, self.env._("currency of the document"))]
        if not asked:
            names = ", ".join(
                dict.fromkeys(self.env.companies.mapped("currency_id.name"))
            )
            return [(label, names)]
        seen = {rate.currency_id: rate for rate in self._rates(asked) if rate.date}
        used = [
            self.env._(
                "1 %(from)s = %(rate)s %(to)s (rate of %(date)s)",
                **{
                    "from": self.env["res.currency"].browse(rate.currency_id).name,
                    "rate": f"{rate.factor:.6f}",
                    "to": asked.name,
                    "date": format_date(self.env, rate.date),
                },
            )
            for rate in seen.values()
        ]
        return [(label, ", ".join([asked.name, *used]))]

    def _print_facts(self, domain):
        now = fields.Datetime.now()
        return [
            (self.env._("Filter"), self._describe(domain)),
            (
                self.env._("Printed"),
                self.env._(
                    "%(user)s, %(time)s",
                    user=self.env.user.name,
                    time=format_datetime(self.env, now),
                ),
            ),
        ]

    def _describe(self, domain):
        """A filter in words: names of fields and of the records chosen."""
        parts = [
            self._describe_condition(condition)
            for condition in Domain(domain).iter_conditions()
        ]
        return " · ".join(parts) or self.env._("none")

    def _describe_condition(self, condition):
        name = str(condition.field_expr).split(".")[0]
        field = self._fields.get(name)
        label = self._group_label(name) if field else str(condition.field_expr)
        sign = (
            ""
            if condition.operator in ("in", "=", "child_of")
            else (f" {condition.operator}")
        )
        return f"{label}{sign}: {self._describe_value(field, condition.value)}"

    def _describe_value(self, field, value):
        values = (
            list(value)
            if isinstance(value, (list, tuple, set))
            or (hasattr(value, "__iter__") and not isinstance(value, str))
            else [value]
        )
        if field and field.type == "many2one":
            ids = [one for one in values if isinstance(one, int) and one]
            if len(ids) > MOST_VALUES:
                return self.env._("%s chosen", len(ids))
            records = self.env[field.comodel_name].browse(ids)
            names = records._filtered_access("read").mapped("display_name")
            texts = [one for one in values if isinstance(one, str)]
            none = [self.env._("None")] if False in values else []
            return ", ".join([*names, *texts, *none])
        if field and field.type == "selection":
            labels = dict(self.fields_get([field.name])[field.name]["selection"])
            values = [labels.get(one, one) for one in values]
        return ", ".join(
            format_date(self.env, one) if isinstance(one, date) else str(one)
            for one in values[:MOST_VALUES]
        )

    def _tie_out_notes(self):
        """How the whole report ties out to the general ledger, in words."""
        return [self._tie_out_note(line) for line in self._tie_out_lines()]

    def _tie_out_note(self, line):
        currency = self.env["res.currency"].browse(line["currency_id"])

        def written(amount):
            return format_amount(self.env, amount, currency)

        return self.env._(
            "%(company)s, account %(account)s, all customers: report %(report)s, general "
            "ledger %(ledger)s, difference %(difference)s",
            company=line["company"],
            account=line["account"],
            report=written(line["report"]),
            ledger=written(line["ledger"]),
            difference=written(line["difference"]),
        )
