import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** Half of the smallest unit any currency has. */
const NOTHING = 0.00005;

/** An amount in a table of many columns: where there is none, the cell stays empty. */
export class AmountColumn extends MonetaryField {
    get formattedValue() {
        return Math.abs(this.value || 0) < NOTHING ? "" : super.formattedValue;
    }
}

registry.category("fields").add("ar_amount", { ...monetaryField, component: AmountColumn });

// sums of groups and of the whole list are formatted by the name of the widget
registry
    .category("formatters")
    .add("ar_amount", (value, options) =>
        Math.abs(value || 0) < NOTHING ? "" : formatMonetary(value, options)
    );
