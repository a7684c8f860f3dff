/* A customer file through mapping by hand, dry run and correction; then the import is undone.
 *
 * Everything is found by technical names, so that the same steps run in every language; the
 * Python test (tests/test_import_tour.py) lays the file ready and looks at the result.
 */
import { registry } from "@web/core/registry";

import { openApp, openMenu } from "./steps";

async function upload(field, filename) {
    const answer = await fetch(`/customer_ar_suite/tour/${filename}`);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await answer.blob()], filename));
    const input = field.querySelector("input[type=file]");
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

const ROWS = ".o_field_widget[name='row_ids']";
const COLUMNS = ".o_field_widget[name='mapping_ids']";

function importWithMapping() {
    return [
        ...openMenu("customer_ar_suite_menu_customers", "customer_import_batch_menu"),
        { trigger: ".o_ar_import_customers", run: "click" },
        {
            content: "choose the file",
            trigger: ".modal .o_field_widget[name='file_data']",
            async run() {
                await upload(this.anchor, "mapping.csv");
            },
        },
        { trigger: ".modal .o_field_widget[name='file_data'] .o_clear_file_button, .modal .o_field_widget[name='file_data'] input.o_input" },
        { trigger: ".modal footer button[name='action_parse']", run: "click" },
        {
            content: "the second column says nothing to the suite: it is the name",
            trigger: `${COLUMNS} .o_data_row:nth-child(2) .o_data_cell[name='field_code']`,
            run: "click",
        },
        {
            trigger: `${COLUMNS} .o_data_row:nth-child(2) .o_data_cell[name='field_code'] input`,
            run: "click",
        },
        {
            content: "choose it from the list",
            trigger: ".o_select_menu_menu [data-choice-index='0'], .o_select_menu_item:first",
            run: "click",
        },
        { trigger: "button[name='action_check']", run: "click" },
        {
            content: "one row has an error; correct it",
            trigger: `${ROWS} .o_data_row:has(.text-bg-danger) button[name='action_correct']`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='line_ids'] .o_data_row:last .o_data_cell[name='new_text']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='line_ids'] .o_data_row:last .o_data_cell[name='new_text'] input",
            run: "edit right@example.com",
        },
        { trigger: ".modal footer button[name='action_apply']", run: "click" },
        { trigger: `body:not(:has(.modal)) .o_field_widget[name='fault_count']:contains(/^0$/)` },
        {
            content: "the totals agree with the source",
            trigger: ".o_ar_totals .o_field_widget[name='totals_confirmed'] input",
            run: "click",
        },
        { trigger: ".o_form_view button[name='action_apply']", run: "click" },
        { content: "sure", trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value='done']" },
    ];
}

function undo() {
    return [
        { trigger: ".o_form_view button[name='action_undo']", run: "click" },
        { trigger: ".modal .o_field_widget[name='reason'] input", run: "edit wrong file" },
        { trigger: ".modal footer button[name='action_undo']", run: "click" },
        {
            content: "both are gone",
            trigger: ".o_form_view .o_field_widget[name='removed_count']:contains(/^2$/)",
        },
        { trigger: ".o_form_view .o_field_widget[name='item_ids'] .o_data_row" },
    ];
}

registry.category("web_tour.tours").add("ar_customer_import", {
    url: "/odoo",
    steps: () => [...openApp, ...importWithMapping(), ...undo()],
});
