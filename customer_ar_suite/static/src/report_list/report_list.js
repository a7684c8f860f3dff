import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/**
 * Above the list of a report: what it shows, how it ties out to the general ledger, and
 * the files it can be written to.
 */
export class ReportStrip extends Component {
    static template = "customer_ar_suite.ReportStrip";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ facts: [], tieOut: [], warnings: [], canExport: false, isReady: false });
        onWillStart(() => {
            this.load(); // not awaited: the list does not wait for the ledger
        });
    }

    async load() {
        const { resModel, context } = this.props.list;
        const strip = await this.orm.silent.call(resModel, "get_strip", [], { context });
        Object.assign(this.state, {
            facts: strip.facts,
            tieOut: this.byCompany(strip.tie_out),
            warnings: strip.warnings,
            canExport: strip.can_export,
            isReady: true,
        });
    }

    /** Sums per company; the accounts are told in the tooltip. */
    byCompany(lines) {
        const found = new Map();
        for (const line of lines) {
            const sum = found.get(line.company_id) || {
                id: line.company_id,
                company: line.company,
                currencyId: line.currency_id,
                report: 0,
                ledger: 0,
                differs: false,
                accounts: [],
            };
            sum.report += line.report;
            sum.ledger += line.ledger;
            sum.differs ||= Boolean(line.difference);
            sum.accounts.push(
                `${line.account}: ${this.money(line.report, sum)} / ${this.money(line.ledger, sum)}`
            );
            found.set(line.company_id, sum);
        }
        return [...found.values()];
    }

    money(amount, sum) {
        return formatMonetary(amount, { currencyId: sum.currencyId });
    }

    difference(sum) {
        return this.money(sum.report - sum.ledger, sum);
    }

    async download(fileType) {
        const { resModel, context, domain, groupBy } = this.props.list;
        const args = [fileType, domain, groupBy || []];
        this.action.doAction(
            await this.orm.call(resModel, "action_download", args, { context })
        );
    }
}

/** Figures of groups open what they consist of; on a phone only the main columns remain. */
export class ReportListRenderer extends ListRenderer {
    static template = "customer_ar_suite.ReportListRenderer";
    static groupRowTemplate = "customer_ar_suite.ReportListRenderer.GroupRow";
    static components = { ...ListRenderer.components, ReportStrip };

    setup() {
        super.setup();
        this.reportOrm = useService("orm");
        this.reportAction = useService("action");
    }

    getActiveColumns() {
        const narrow = (column) => (column.className || "").includes("o_ar_narrow");
        return this.env.isSmall && this.allColumns.some(narrow)
            ? this.allColumns.filter(narrow)
            : super.getActiveColumns();
    }

    canDrill(group, column) {
        return (
            column.type === "field" &&
            this.fields[column.name]?.type === "monetary" &&
            Boolean(group.aggregates[column.name])
        );
    }

    async onGroupCellClicked(ev, group, column) {
        if (this.canDrill(group, column) && !this.props.list.model.useSampleModel) {
            ev.stopPropagation();
            await this.openCell(group.groupDomain, column.name);
        }
    }

    async onCellClicked(record, column, ev, newWindow) {
        if ((column.className || "").includes("o_ar_cell") && record.data[column.name]) {
            ev.stopPropagation();
            return this.openCell([["id", "=", record.resId]], column.name);
        }
        return super.onCellClicked(record, column, ev, newWindow);
    }

    async openCell(domain, column) {
        const { resModel, context } = this.props.list;
        const action = await this.reportOrm.call(
            resModel,
            "get_cell_action",
            [domain, column],
            { context }
        );
        await this.reportAction.doAction(action);
    }
}

registry.category("views").add("ar_report_list", { ...listView, Renderer: ReportListRenderer });
