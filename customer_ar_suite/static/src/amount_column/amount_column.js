import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** Half of the smallest unit any currency has. */
const NOTHING = 0.00005;

function formatColumn(value, options) {
    return Math.abs(value || 0) < NOTHING
        ? ""
        : formatMonetary(value, { ...options, noSymbol: true });
}

/**
 * An amount in a table of many columns: without currency sign, which the column of the
 * balance shows, and empty where there is none.
 */
export class AmountColumn extends MonetaryField {
    get formattedValue() {
        return formatColumn(this.value, {
            currencyId: this.currencyId,
            digits: this.currencyDigits,
        });
    }
}

registry.category("fields").add("ar_amount", {
    ...monetaryField,
    component: AmountColumn,
    // 123,456.78 is read whole where the table is as narrow as it can be
    listViewWidth: [92],
});
// sums of groups and of the whole list are formatted by the name of the widget
registry.category("formatters").add("ar_amount", formatColumn);
