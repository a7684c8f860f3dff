"""What people have made of columns that go away: their views, filters and exports."""

import logging
import re

from lxml import etree

from odoo import api, models
from odoo.exceptions import UserError

from .res_partner_dimensions import COLUMN_PREFIX

_logger = logging.getLogger(__name__)

SUITE = "customer_ar_suite"
#: all columns of all dimensions, on customers and on documents
ANY_COLUMN = rf"{COLUMN_PREFIX}\d+_(then_)?id"
#: lists of customers kept as a condition: model, field
ASKED = (
    ("customer.category.rule", "partner_domain"),
    ("ar.statement.schedule", "partner_domain"),
    ("customer.quality.plan", "partner_domain"),
    ("ar.workflow", "partner_domain"),
)
#: attributes that make a node one about the field they name
ABOUT = ("name", "expr", "for")


def whole_words(names):
    """Pattern of any of these names of fields."""
    return re.compile(rf"\b({'|'.join(names)})\b")


def without(arch, pattern):
    """A view without what it says of the fields: their nodes, and conditions on them."""
    root = etree.fromstring(arch)
    for node in list(root.iter(etree.Element)):
        if node is not root and _is_about(node, pattern):
            _drop(node)
            continue
        for name, value in node.attrib.items():
            if name not in ABOUT and pattern.search(value):
                del node.attrib[name]
    if _is_about(root, pattern):
        root = etree.Element("data")
    return etree.tostring(root, encoding="unicode")


def _is_about(node, pattern):
    texts = [node.get(name) or "" for name in ABOUT]
    if node.tag == "filter":
        texts += [node.get("domain") or "", node.get("context") or ""]
    elif node.tag == "attribute":
        texts.append(node.text or "")
    return any(pattern.search(text) for text in texts)


def _drop(node):
    """The text behind a node is not the node's."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + (node.tail or "")
    else:
        parent.text = (parent.text or "") + (node.tail or "")
    parent.remove(node)


class CustomerDimension(models.Model):
    """Deleting a dimension, or the suite, leaves no view behind that cannot be opened."""

    _inherit = "customer.dimension"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        for dimension in self:
            pattern = dimension._trace_pattern()
            for model, name in ASKED:
                # sudo: that something asks for the dimension, and what it is called
                records = self.env[model].sudo().with_context(active_test=False)
                for record in records.search([(name, "like", COLUMN_PREFIX)]):
                    if pattern.search(record[name]):
                        raise UserError(
                            self.env._(
                                "“%(record)s” chooses customers by “%(dimension)s”. Change "
                                "that first, or archive the dimension instead.",
                                record=record.display_name,
                                dimension=dimension.name,
                            )
                        )

    def unlink(self):
        self._unlink_except_used()
        self._unlink_except_asked()
        for dimension in self:
            dimension._sweep_traces(dimension._trace_pattern())
        return super().unlink()

    def _trace_pattern(self):
        return whole_words([rf"{COLUMN_PREFIX}{self.id}_(then_)?id"])

    @api.model
    def _sweep_traces(self, pattern):
        """Take fields that go away out of views, filters and exports."""
        # sudo: who may delete a dimension, or the suite, may leave nothing broken behind
        env = self.with_context(active_test=False, lang="en_US").sudo().env
        # from the last one applied to the first: it may hang on what another one has added
        for view in reversed(self._views_of_others()):
            if pattern.search(view.arch_db or ""):
                view.arch_db = without(view.arch_db, pattern)
        for board in env["ir.ui.view.custom"].search([("arch", "!=", False)]):
            if pattern.search(board.arch):
                board.arch = without(board.arch, pattern)
        env["ir.filters"].search([]).filtered(
            lambda one: any(
                pattern.search(text or "")
                for text in (one.domain, one.context, one.sort)
            )
        ).unlink()
        env["ir.exports.line"].search([("name", "!=", False)]).filtered(
            lambda line: pattern.search(line.name)
        ).unlink()

    @api.model
    def _views_of_others(self):
        """Views people have made or changed: all but those an addon brings."""
        # sudo: see _sweep_traces
        views = self.with_context(active_test=False, lang="en_US").sudo().env
        brought = (
            views["ir.model.data"]
            .search([("model", "=", "ir.ui.view"), ("module", "=like", f"{SUITE}%")])
            .mapped("res_id")
        )
        return views["ir.ui.view"].search(
            [("id", "not in", brought)], order="priority, id"
        )

    # -- when the suite goes --------------------------------------------------------------

    @api.model
    def _sweep_suite(self):
        """Nothing that others have made refers to the suite any more."""
        # sudo: see _sweep_traces
        env = self.with_context(active_test=False).sudo().env
        names = self._own_fields()
        self._sweep_traces(whole_words([ANY_COLUMN, *map(re.escape, names)]))
        ours = [("model_id", "=like", "customer.%"), ("model_id", "=like", "ar.%")]
        env["ir.filters"].search(["|", *ours]).unlink()
        env["ir.exports"].search(
            ["|", ("resource", "=like", "customer.%"), ("resource", "=like", "ar.%")]
        ).unlink()
        self._switch_off_orphans()

    @api.model
    def _own_fields(self):
        """Names of fields that the suite alone gives to models of others."""
        # sudo: see _sweep_traces
        data = self.sudo().env["ir.model.data"]
        rows = data.search([("model", "=", "ir.model.fields")])
        ours = {row.res_id for row in rows if row.module.startswith(SUITE)}
        shared = {row.res_id for row in rows if not row.module.startswith(SUITE)}
        # sudo: see _sweep_traces
        fields_ = self.sudo().env["ir.model.fields"].browse(sorted(ours - shared))
        return sorted(
            {
                field.name
                for field in fields_.exists()
                if not field.model.startswith(("customer.", "ar."))
                and field.name.startswith(("ar_", "customer_"))
            }
        )

    @api.model
    def _switch_off_orphans(self):
        """Views that hang on a place in a view of the suite stay, switched off."""
        views = self._views_of_others()
        # sudo: see _sweep_traces
        known = self.sudo().env["ir.model.data"]
        brought = set(known.search([("model", "=", "ir.ui.view")]).mapped("res_id"))
        made = views.filtered(
            lambda view: view.id not in brought and view.active and view.inherit_id
        )
        suite = views.browse(
            row.res_id
            for row in known.search(
                [("model", "=", "ir.ui.view"), ("module", "=like", f"{SUITE}%")]
            )
        )
        orphans = self._find_orphans(made.filtered(_stands_alone(suite)), suite)
        for view in orphans:
            _logger.info("view %s needs the suite: switched off", view.display_name)
        orphans.active = False

    def _find_orphans(self, made, suite):
        """Those that cannot be applied without the views of the suite, tried one by one."""
        orphans = made.browse()
        savepoint = self.env.cr.savepoint()
        try:
            (suite | made)._write({"active": False})
            made.env.invalidate_all()
            made.env.registry.clear_cache("templates")
            for view in made:
                view._write({"active": True})
                try:
                    view._get_combined_arch()
                except (ValueError, etree.LxmlError):
                    view._write({"active": False})
                    orphans |= view
        finally:
            savepoint.close(rollback=True)
            made.env.invalidate_all()
            made.env.registry.clear_cache("templates")
        return orphans


def _stands_alone(suite):
    """Filter: views that do not inherit from a view that goes anyway."""

    def stands(view):
        while view:
            if view in suite:
                return False
            view = view.inherit_id
        return True

    return stands
