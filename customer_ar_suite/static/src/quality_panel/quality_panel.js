/* What breaks a rule and what could be corrected, above the form of a customer.
 *
 * Accepting puts the proposal into the form, as if it had been typed; refusing is kept with
 * the customer, so that the same value is not asked about again.
 */
import { Component } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class QualityPanel extends Component {
    static template = "customer_ar_suite.QualityPanel";
    static props = { ...standardFieldProps };

    get findings() {
        return (this.props.record.data[this.props.name] || {}).findings || [];
    }

    get corrections() {
        return (this.props.record.data[this.props.name] || {}).corrections || [];
    }

    get score() {
        return (this.props.record.data[this.props.name] || {}).score;
    }

    get canCorrect() {
        return this.props.record.isInEdition !== false && this.props.record.model.root.isInEdition;
    }

    accept(line) {
        return this.props.record.update({ ...line.changes });
    }

    acceptAll() {
        const changes = {};
        for (const line of this.corrections) {
            // each proposal starts from the form as it is; a field is changed once
            for (const [name, value] of Object.entries(line.changes)) {
                changes[name] ??= value;
            }
        }
        return this.props.record.update(changes);
    }

    refuse(line) {
        const refused = this.props.record.data.ar_refused_corrections || {};
        return this.props.record.update({
            ar_refused_corrections: { ...refused, [line.field]: line.token },
        });
    }
}

export const qualityPanel = {
    component: QualityPanel,
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("ar_quality_panel", qualityPanel);
