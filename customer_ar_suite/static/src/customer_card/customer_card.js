/* The head of the customer card: what is owed, what may still be lost, where things stand.
 *
 * It draws what the server has computed for this reader; figures he may not see do not come.
 */
import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SHADES = ["#4EA7F2", "#43C5B1", "#F4A261", "#8481DD", "#FFD86D"];

export class CustomerCard extends Component {
    static template = "customer_ar_suite.CustomerCard";
    static props = { ...standardFieldProps };

    get card() {
        return this.props.record.data[this.props.name] || {};
    }

    get hasMoney() {
        return this.card.currency_id !== undefined;
    }

    money(amount) {
        return formatMonetary(amount || 0, { currencyId: this.card.currency_id });
    }

    /** Width of a bar against the limit, or against the exposure itself without one. */
    get whole() {
        const owed = this.segments.reduce((sum, part) => sum + part.amount, 0);
        return Math.max(this.card.limit || 0, owed, 1);
    }

    get segments() {
        return (this.card.parts || [])
            .filter((part) => part.amount > 0)
            .map((part, index) => ({ ...part, color: SHADES[index % SHADES.length] }));
    }

    get credits() {
        return (this.card.parts || []).filter((part) => part.amount < 0);
    }

    style(part) {
        return `width: ${(100 * part.amount) / this.whole}%; background-color: ${part.color}`;
    }

    get limitStyle() {
        return `left: ${Math.min(100, (100 * this.card.limit) / this.whole)}%`;
    }
}

registry.category("fields").add("ar_customer_card", {
    component: CustomerCard,
    supportedTypes: ["json"],
    isEmpty: () => false,
});
