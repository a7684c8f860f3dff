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
        giveBack: Function,
        reasons: Array,
        openEntry: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({});
        this.searchLater = useDebounced((value) => this.searchItems(value), 300);
        this.searchReturnsLater = useDebounced((value) => this.loadReturnable(this.props.row, value), 300);
        this.asked = this.askedReturns = 0;
        // on a focused button or link of this side, Enter is that button's
        useHotkey("enter", () => this.next(), {
            isAvailable: () =>
                !document.activeElement?.closest(".o_match_right button, .o_match_right a"),
        });
        useHotkey("w", () => this.deductNext());
        useHotkey("o", () => this.fillOldest());
        onWillStart(() => this.reset(this.props.row));
        onWillUpdateProps((next) => {
            if (next.row !== this.props.row) {
                this.reset(next.row);
            }
        });
    }

    reset(row) {
        Object.assign(this.state, {
            parts: row.allocations.map((part) => this.asPart(part, row)),
            advance: row.keep_as_advance || false,
            edited: false,
            items: null,
            returnable: null,
            returning: null,
            returnParts: [],
            search: "",
            allCurrencies: false,
            chargeId: "",
        });
        if (row.state === "unmatched" || row.state === "outgoing") {
            this.loadItems(row, "");
        }
        if (row.state === "outgoing") {
            this.loadReturnable(row);
        }
    }

    /** A part as it is edited: money, and what is deducted for a reason. */
    asPart(part, row = this.props.row) {
        return {
            ...part,
            value: this.shown(part.paid, row.currency),
            settled: this.shown(part.amount, part.currency),
            deductions: (part.deductions || []).map((one) => ({
                ...one,
                value: this.shown(one.amount, part.currency),
            })),
        };
    }

    // -- what is shown ---------------------------------------------------------------------

    get editable() {
        const { row } = this.props;
        return (
            ["proposed", "accepted", "unmatched", "outgoing"].includes(row.state) &&
            row.kind !== "return" &&
            !row.staged
        );
    }

    get reasons() {
        return this.props.reasons.filter((one) => one.company === this.props.row.company_id);
    }

    get applied() {
        return this.state.parts.reduce((sum, part) => sum + (this.read(part.value) || 0), 0);
    }

    get remainder() {
        const unit = 10 ** this.props.row.currency.digits;
        return Math.round((this.props.row.amount - this.applied) * unit) / unit;
    }

    get hasForeign() {
        return this.state.parts.some((part) => this.isForeign(part));
    }

    isForeign(part) {
        return part.currency.id !== this.props.row.currency.id;
    }

    /** What is deducted from an item in all. */
    deducted(part) {
        return part.deductions.reduce((sum, one) => sum + (this.read(one.value) || 0), 0);
    }

    /** What of an item is settled: by money and by what is deducted. */
    settled(part) {
        if (this.isForeign(part)) {
            return this.read(part.settled) || 0;
        }
        const unit = 10 ** part.currency.digits;
        const sum = (this.read(part.value) || 0) + this.deducted(part);
        return Math.round(sum * unit) / unit;
    }

    /** What stays open of an item. */
    left(part) {
        const unit = 10 ** part.currency.digits;
        return Math.round((part.open - this.settled(part)) * unit) / unit;
    }

    /** Amounts that cannot be: no number, nothing, more than is open or received. */
    get invalid() {
        const sign = this.props.row.amount < 0 ? -1 : 1;
        return (
            !(sign * this.applied > 0) ||
            sign * this.remainder < 0 ||
            this.state.parts.some((part) => this.wrong(part)) ||
            this.state.parts.some((part) => part.deductions.some((one) => this.incomplete(one)))
        );
    }

    /** A credit note is deducted, with an amount below zero; an invoice is paid. */
    wrong(part) {
        const unit = 10 ** -part.currency.digits / 2;
        const sign = part.open < 0 ? -1 : 1;
        const amount = sign * this.settled(part);
        return !(amount > 0) || amount > sign * part.open + unit || isNaN(this.read(part.value));
    }

    incomplete(one) {
        const reason = this.props.reasons.find((known) => known.id === one.type_id);
        return !reason || !this.read(one.value) || (reason.needs_note && !one.note);
    }

    get others() {
        const used = new Set(this.state.parts.map((part) => part.item_id));
        return (this.state.items || []).filter((item) => !used.has(item.item_id));
    }

    shown(amount, currency = this.props.row.currency) {
        return formatFloat(amount || 0, { digits: [16, currency.digits] });
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

    setSettled(part, value) {
        part.settled = value;
        this.state.edited = true;
    }

    remove(part) {
        this.state.parts = this.state.parts.filter((one) => one !== part);
        this.state.edited = true;
    }

    add(item) {
        // what goes against the money is used whole; else as much as the money reaches
        const out = this.props.row.amount < 0;
        const worth = item.worth;
        const against = worth < 0 !== out;
        const rest = this.remainder;
        const reach = out ? Math.max(worth, Math.min(rest, 0)) : Math.min(worth, Math.max(rest, 0));
        const paid = against ? worth : reach || worth;
        const foreign = item.currency.id !== this.props.row.currency.id;
        const amount = foreign ? item.open * (worth ? paid / worth : 1) : paid;
        this.state.parts.push(this.asPart({ ...item, paid, amount, deductions: [] }));
        this.state.edited = true;
    }

    /** Give the reason for what stays open of an item; a discount of the terms first. */
    deduct(part) {
        const left = this.left(part);
        const byTerms = this.reasons.find((one) => one.kind === "discount");
        const discount = part.discount && byTerms && Math.abs(left - part.discount) < 0.0005;
        const usual = this.reasons.find((one) => one.kind !== "discount") || this.reasons[0];
        const reason = discount ? byTerms : usual;
        part.deductions.push({
            type_id: reason?.id,
            value: this.shown(left, part.currency),
            note: "",
        });
        this.state.edited = true;
    }

    /** W: the reason for the first item that would stay open. */
    deductNext() {
        const part = this.state.parts.find((one) => this.left(one) > 0);
        if (part && this.editable && this.reasons.length) {
            this.deduct(part);
        }
    }

    setReason(one, value) {
        one.type_id = parseInt(value);
        this.state.edited = true;
    }

    setDeduction(one, name, value) {
        one[name] = value;
        this.state.edited = true;
    }

    removeDeduction(part, one) {
        part.deductions = part.deductions.filter((other) => other !== one);
        this.state.edited = true;
    }

    /** O: the payer's oldest items, because somebody asks for it. */
    async fillOldest() {
        const { row } = this.props;
        if (!this.editable || row.amount < 0) {
            return;
        }
        const rows = await this.orm.call("ar.match.review", "get_oldest", [row.line_id]);
        if (row === this.props.row && rows.length) {
            this.state.parts = rows.map((part) => this.asPart(part));
            this.state.edited = true;
        }
    }

    toggleAdvance(ev) {
        this.state.advance = ev.target.checked;
        if (this.props.row.proposal_id && !this.state.edited) {
            this.props.decide("action_toggle_advance", [this.props.row.proposal_id]);
        }
    }

    toggleCurrencies(ev) {
        this.state.allCurrencies = ev.target.checked;
        return this.loadItems(this.props.row, this.state.search);
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
        if (row.state === "accepted" && canApply && !row.staged) {
            return this.props.decide("action_apply", [row.proposal_id]);
        }
    }

    accept() {
        if (!this.state.edited) {
            return this.props.decide("action_accept", [this.props.row.proposal_id]);
        }
        const parts = this.state.parts.map((part) =>
            this.isForeign(part)
                ? [part.item_id, this.settled(part), this.read(part.value)]
                : [part.item_id, this.settled(part)]
        );
        const adjustments = this.state.parts.flatMap((part) =>
            part.deductions.map((one) => [
                part.item_id,
                one.type_id,
                this.read(one.value),
                one.note || "",
            ])
        );
        return this.props.choose(parts, this.state.advance, adjustments);
    }

    // -- a payment that comes back ----------------------------------------------------------

    /** All of it at once; of another amount it is asked what of each document. */
    takeBack(line) {
        if (line.is_whole) {
            return this.props.giveBack(line.line_id, false, null);
        }
        Object.assign(this.state, {
            returning: line,
            chargeId: "",
            returnParts: line.parts.map((part) => ({
                ...part,
                value: this.shown(part.amount),
            })),
        });
    }

    isReturning(line) {
        return this.state.returning?.line_id === line.line_id;
    }

    setTakenBack(part, value) {
        part.value = value;
    }

    /** The money of a part: what was deducted from a document goes back with all of it. */
    takenBack(part) {
        const amount = this.read(part.value) || 0;
        const unit = 10 ** -this.props.row.currency.digits / 2;
        return amount > part.paid - unit ? amount - part.less : amount;
    }

    /** What the bank took besides; below zero: less than is taken back. */
    get returnGap() {
        const unit = 10 ** this.props.row.currency.digits;
        const sum = this.state.returnParts.reduce((all, part) => all + this.takenBack(part), 0);
        return Math.round((-this.props.row.amount - sum) * unit) / unit;
    }

    get returnInvalid() {
        const unit = 10 ** -this.props.row.currency.digits / 2;
        const amounts = this.state.returnParts.map((part) => [this.read(part.value), part.paid]);
        return (
            amounts.some(([amount, paid]) => !(amount >= 0) || amount > paid + unit) ||
            !amounts.some(([amount]) => amount > 0) ||
            (this.returnGap && !this.state.chargeId)
        );
    }

    acceptReturn() {
        const parts = this.state.returnParts
            .map((part) => [part.item_id, part.source_id, this.read(part.value)])
            .filter(([, , amount]) => amount > 0);
        return this.props.giveBack(
            this.state.returning.line_id,
            parseInt(this.state.chargeId) || false,
            parts
        );
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
            this.state.allCurrencies,
        ]);
        if (asked === this.asked && row === this.props.row) {
            this.state.items = items;
        }
    }

    async loadReturnable(row, search = "") {
        const asked = ++this.askedReturns;
        const found = await this.orm.call("ar.match.review", "get_returnable", [
            row.line_id,
            search,
        ]);
        if (asked === this.askedReturns && row === this.props.row) {
            Object.assign(this.state, { returnable: found, returning: null });
        }
    }
}
