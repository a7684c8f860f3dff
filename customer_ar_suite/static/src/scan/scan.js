import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** A field for a scanner: it types, and Enter opens the document or collects it. */
export class Scan extends Component {
    static template = "customer_ar_suite.Scan";
    static components = { Layout };
    static props = { ...standardActionServiceProps, close: { type: Function, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.input = useRef("input");
        const { line_id: lineId, title } = this.props.action.params || {};
        this.lineId = lineId;
        this.title = title;
        this.state = useState({ code: "", documents: [], busy: false });
        onMounted(() => this.input.el?.focus());
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.scan();
        }
    }

    async scan() {
        const code = this.state.code;
        if (!code.trim() || this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const found = await this.orm.call("ar.scan", "read_scan", [code]);
            if (!this.lineId && found.documents.length === 1) {
                return this.action.doAction(found.action);
            }
            const known = new Set(this.state.documents.map((one) => one.id));
            this.state.documents.push(...found.documents.filter((one) => !known.has(one.id)));
            if (!found.documents.length) {
                return this.action.doAction(found.action);
            }
        } finally {
            this.state.busy = false;
            this.state.code = "";
            this.input.el?.focus();
        }
    }

    remove(document) {
        this.state.documents.splice(this.state.documents.indexOf(document), 1);
    }

    open(document) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "account.move",
            res_id: document.id,
            views: [[false, "form"]],
        });
    }

    async fill() {
        const itemIds = this.state.documents.flatMap((one) => one.item_ids);
        const left = await this.orm.call("ar.scan", "fill_allocation", [this.lineId, itemIds]);
        this.notification.add(
            left ? _t("Allocation filled; %s of the receipt is left.", left) : _t("Allocation filled."),
            { type: "success" }
        );
        return this.action.doAction("customer_ar_suite.ar_match_review_action");
    }
}

registry.category("actions").add("customer_ar_suite.scan", Scan);
