import { Component, onWillStart, useRef, useState, onPatched } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { AllocationEditor } from "./allocation_editor";

const PAGE = 80;

/** Receipts on the left, what they pay on the right; decided with the keyboard. */
export class MatchReview extends Component {
    static template = "customer_ar_suite.MatchReview";
    static components = { Layout, AllocationEditor };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.list = useRef("list");
        // opened from a list: on this bank line only, until another tab is chosen;
        // from a bank file: on its receipts, until all are asked for
        const { tab, line_id: lineId, import_id: importId } = this.props.action.params || {};
        this.state = useState({
            tab: tab || "proposed",
            lineId: lineId || false,
            importId: importId || false,
            file: "",
            search: "",
            confidence: "",
            offset: 0,
            rows: [],
            total: 0,
            counts: { classes: {} },
            canApply: false,
            reasons: [],
            selected: 0,
            checked: {},
            busy: false,
        });
        this.searchLater = useDebounced((value) => this.show({ search: value }), 300);
        this.scrollTo = null;
        onWillStart(() => this.load());
        onPatched(() => this.keepVisible());
        const move = { allowRepeat: true };
        useHotkey("j", () => this.move(1), move);
        useHotkey("arrowdown", () => this.move(1), move);
        useHotkey("k", () => this.move(-1), move);
        useHotkey("arrowup", () => this.move(-1), move);
        useHotkey("x", () => this.decide("action_reject", this.targets()));
        // on a focused button or link, Space is that button's
        const isAvailable = () => !document.activeElement?.closest("button, a");
        useHotkey("space", () => this.toggle(this.current), { isAvailable });
    }

    // -- what is shown ---------------------------------------------------------------------

    get tabs() {
        return [
            ["proposed", _t("To Review")],
            ["accepted", _t("To Apply")],
            ["unmatched", _t("Without Proposal")],
            ["outgoing", _t("Money Out")],
            ["applied", _t("Applied")],
        ];
    }

    get classes() {
        return [
            ["", _t("All")],
            ["high", _t("High")],
            ["medium", _t("Medium")],
            ["low", _t("Low")],
        ];
    }

    get current() {
        return this.state.rows[this.state.selected];
    }

    get checkedIds() {
        return this.state.rows
            .filter((row) => row.proposal_id && this.state.checked[row.key])
            .map((row) => row.proposal_id);
    }

    get pageEnd() {
        return Math.min(this.state.offset + PAGE, this.state.total);
    }

    badge(row) {
        return { high: "text-bg-success", medium: "text-bg-warning", low: "text-bg-secondary" }[
            row.confidence_class
        ];
    }

    async load() {
        const { tab, search, confidence, offset, lineId, importId } = this.state;
        const page = await this.orm.call("ar.match.review", "get_page", [], {
            tab,
            search,
            confidence,
            offset,
            limit: PAGE,
            line_id: lineId,
            import_id: importId,
        });
        if (!page.rows.length && offset) {
            this.state.offset = Math.max(0, offset - PAGE);
            return this.load();
        }
        Object.assign(this.state, {
            rows: page.rows,
            total: page.total,
            counts: page.counts,
            file: page.file,
            canApply: page.can_apply,
            reasons: page.reasons,
            checked: {},
            selected: Math.min(this.state.selected, Math.max(page.rows.length - 1, 0)),
        });
    }

    async show(changes) {
        Object.assign(this.state, { offset: 0, selected: 0, lineId: false, ...changes });
        await this.load();
    }

    turn(pages) {
        const offset = this.state.offset + pages * PAGE;
        if (offset >= 0 && offset < this.state.total) {
            return this.show({ offset });
        }
    }

    // -- selecting -------------------------------------------------------------------------

    move(step) {
        const last = this.state.rows.length - 1;
        this.state.selected = Math.max(0, Math.min(last, this.state.selected + step));
        this.scrollTo = this.state.selected;
    }

    keepVisible() {
        if (this.scrollTo !== null && this.list.el) {
            this.list.el.children[this.scrollTo]?.scrollIntoView({ block: "nearest" });
            this.scrollTo = null;
        }
    }

    toggle(row) {
        if (row?.proposal_id) {
            this.state.checked[row.key] = !this.state.checked[row.key];
        }
    }

    toggleAll(ev) {
        for (const row of this.state.rows) {
            this.state.checked[row.key] = ev.target.checked;
        }
    }

    /** The checked proposals, else the selected one. */
    targets() {
        if (this.checkedIds.length) {
            return this.checkedIds;
        }
        return this.current?.proposal_id ? [this.current.proposal_id] : [];
    }

    // -- deciding --------------------------------------------------------------------------

    /** Enter, when several are checked: the step that comes next for them. */
    bulk() {
        const next = { proposed: "action_accept", accepted: "action_apply" }[this.state.tab];
        if (next === "action_accept" || this.state.canApply) {
            return this.decide(next, this.checkedIds);
        }
    }

    async decide(method, ids) {
        const allowed = {
            proposed: ["action_accept", "action_reject", "action_toggle_advance"],
            accepted: ["action_apply", "action_reject", "action_reset", "action_toggle_advance"],
            applied: ["action_undo"],
            unmatched: [],
            outgoing: [],
        };
        if (!ids.length || !allowed[this.state.tab].includes(method)) {
            return;
        }
        await this.working(async () => {
            const answer = await this.orm.call("ar.match.proposal", method, [ids]);
            if (answer?.params?.message) {
                const { message, type, sticky } = answer.params;
                this.notification.add(message, { type, sticky });
            } else if (answer?.type === "ir.actions.act_window") {
                // the proof of identity, after which the server does what was asked
                await new Promise((resolve) =>
                    this.action.doAction(answer, { onClose: resolve })
                );
            }
        });
    }

    undo(ids) {
        this.dialog.add(ConfirmationDialog, {
            body: _t(
                "The bank lines go back to suspense and the invoices are open again. Continue?"
            ),
            confirm: () => this.decide("action_undo", ids),
            cancel: () => {},
        });
    }

    async matchNow() {
        await this.working(async () => {
            const result = await this.orm.call("ar.match.run", "match_now", []);
            this.notification.add(
                _t("%(proposals)s proposals for %(receipts)s receipts.", result),
                { type: "success" }
            );
            this.state.tab = "proposed";
        });
    }

    /** Accept what was chosen by hand for the selected receipt. */
    async choose(parts, keepAsAdvance, adjustments) {
        await this.working(() =>
            this.orm.call("ar.match.proposal", "set_allocations", [
                this.current.line_id,
                parts,
                keepAsAdvance,
                adjustments,
                this.current.proposal_id,
            ])
        );
    }

    /** Accept that the selected bank line gives an earlier receipt back, or parts of it. */
    async giveBack(returnedId, chargeId, parts) {
        await this.working(() =>
            this.orm.call("ar.match.proposal", "set_return", [
                this.current.line_id,
                returnedId,
                chargeId,
                parts,
            ])
        );
    }

    /** Do something on the server, then show what is there now, also when it failed. */
    async working(task) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await task();
        } finally {
            this.state.busy = false;
            await this.load();
        }
    }

    openEntry(moveId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "account.move",
            res_id: moveId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("customer_ar_suite.match_review", MatchReview);
