import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";

/** What the selected receipt pays: change amounts, remove items, add other open items. */
export class AllocationEditor extends Component {
    static template = "customer_ar_suite.AllocationEditor";
    static props = {
        row: Object,
        canApply: Boolean,
        busy: Boolean,
        checked: Number,
        bulk: Function,
        decide: Function,
        undo: Function,
        choose: Function,
        openEntry: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({});
        this.searchLater = useDebounced((value) => this.searchItems(value), 300);
        this.asked = 0;
        // on a focused button or link of this side, Enter is that button's
        useHotkey("enter", () => this.next(), {
            isAvailable: () =>
                !document.activeElement?.closest(".o_match_right button, .o_match_right a"),
        });
        onWillStart(() => this.reset(this.props.row));
        onWillUpdateProps((next) => {
            if (next.row !== this.props.row) {
                this.reset(next.row);
            }
        });
    }

    reset(row) {
        Object.assign(this.state, {
            parts: row.allocations.map((part) => ({
                ...part,
                value: this.shown(part.amount, row),
            })),
            advance: row.keep_as_advance || false,
            edited: false,
            items: null,
            search: "",
        });
        if (row.state === "unmatched") {
            this.loadItems(row, "");
        }
    }

    // -- what is shown ---------------------------------------------------------------------

    get editable() {
        return ["proposed", "accepted", "unmatched"].includes(this.props.row.state);
    }

    get applied() {
        return this.state.parts.reduce((sum, part) => sum + (this.read(part.value) || 0), 0);
    }

    get remainder() {
        const unit = 10 ** this.props.row.currency.digits;
        return Math.round((this.props.row.amount - this.applied) * unit) / unit;
    }

    /** Amounts that cannot be: no number, nothing, more than is open or received. */
    get invalid() {
        const unit = 10 ** -this.props.row.currency.digits / 2;
        return (
            !(this.applied > 0) ||
            this.remainder < 0 ||
            this.state.parts.some((part) => this.wrong(part, unit))
        );
    }

    /** A credit note is deducted, with an amount below zero; an invoice is paid. */
    wrong(part, unit = 0.0005) {
        const sign = part.open < 0 ? -1 : 1;
        const amount = sign * this.read(part.value);
        return !(amount > 0) || amount > sign * part.open + unit;
    }

    get others() {
        const used = new Set(this.state.parts.map((part) => part.item_id));
        return (this.state.items || []).filter((item) => !used.has(item.item_id));
    }

    shown(amount, row = this.props.row) {
        return formatFloat(amount, { digits: [16, row.currency.digits] });
    }

    read(value) {
        try {
            return parseFloat(value);
        } catch {
            return NaN;
        }
    }

    // -- editing ---------------------------------------------------------------------------

    setAmount(part, value) {
        part.value = value;
        this.state.edited = true;
    }

    remove(part) {
        this.state.parts = this.state.parts.filter((one) => one !== part);
        this.state.edited = true;
    }

    add(item) {
        // a credit note is deducted whole; an invoice is paid with what is left
        const amount = Math.min(item.open, Math.max(this.remainder, 0)) || item.open;
        this.state.parts.push({ ...item, amount, value: this.shown(amount) });
        this.state.edited = true;
    }

    toggleAdvance(ev) {
        this.state.advance = ev.target.checked;
        if (this.props.row.proposal_id && !this.state.edited) {
            this.props.decide("action_toggle_advance", [this.props.row.proposal_id]);
        }
    }

    /** The step that comes next: what was changed here is accepted as it stands here. */
    next() {
        const { row, checked, canApply } = this.props;
        if (checked) {
            return this.props.bulk();
        }
        if (row.state === "proposed" || (this.editable && this.state.edited)) {
            return this.invalid ? undefined : this.accept();
        }
        if (row.state === "accepted" && canApply) {
            return this.props.decide("action_apply", [row.proposal_id]);
        }
    }

    accept() {
        if (this.state.edited) {
            const parts = this.state.parts.map((part) => [part.item_id, this.read(part.value)]);
            return this.props.choose(parts, this.state.advance);
        }
        return this.props.decide("action_accept", [this.props.row.proposal_id]);
    }

    searchItems(value) {
        this.state.search = value;
        return this.loadItems(this.props.row, value);
    }

    async loadItems(row, search) {
        const asked = ++this.asked;
        const items = await this.orm.call("ar.match.review", "get_open_items", [
            row.line_id,
            search,
        ]);
        if (asked === this.asked && row === this.props.row) {
            this.state.items = items;
        }
    }
}
