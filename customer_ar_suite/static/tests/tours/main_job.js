/* From a customer file to a printed statement, as one person would do it in one morning.
 *
 * Everything is found by technical names, so that the same steps run in every language; the
 * Python test (tests/test_tours.py) lays the files ready and looks at the result.
 */
import { registry } from "@web/core/registry";

import { openApp, openMenu } from "./steps";

/** Put a file, served by the test under /customer_ar_suite/tour/, into an upload field. */
async function upload(field, filename) {
    const answer = await fetch(`/customer_ar_suite/tour/${filename}`);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await answer.blob()], filename));
    const input = field.querySelector("input[type=file]");
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

const CONFIRM_TOTALS = {
    content: "the totals of a text file agree with the source",
    trigger: ".o_ar_totals .o_field_widget[name='totals_confirmed'] input",
    run: "click",
};

function importCustomers(file) {
    return [
        ...openMenu("customer_ar_suite_menu_customers", "customer_import_batch_menu"),
        {
            content: "begin an import",
            trigger: ".o_ar_import_customers",
            run: "click",
        },
        {
            content: "choose the file",
            trigger: ".modal .o_field_widget[name='file_data']",
            async run() {
                await upload(this.anchor, file);
            },
        },
        { trigger: ".modal .o_field_widget[name='file_data'] .o_clear_file_button, .modal .o_field_widget[name='file_data'] input.o_input" },
        { trigger: ".modal footer button[name='action_parse']", run: "click" },
        {
            content: "the columns are recognised; make the dry run",
            trigger: ".o_form_view:has(.o_field_widget[name='mapping_ids'] .o_data_row) button[name='action_check']",
            run: "click",
        },
        {
            content: "two are new, one has an error",
            trigger: ".o_field_widget[name='create_count']:contains(/^2$/)",
        },
        { trigger: ".o_field_widget[name='fault_count']:contains(/^1$/)" },
        ...(file.endsWith(".csv") ? [CONFIRM_TOTALS] : []),
        { trigger: "button[name='action_apply']", run: "click" },
        { content: "sure", trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value='done']" },
    ];
}

function openCustomers() {
    return openMenu("customer_ar_suite_menu_customers", "res_partner_menu_customers");
}

function openCustomer(name) {
    return [
        ...openCustomers(),
        {
            content: `open ${name}`,
            trigger: `.o_ar_customers .o_data_row .o_data_cell[name='complete_name']:contains(${name})`,
            run: "click",
        },
        { trigger: `.o_form_view .o_breadcrumb:contains(${name})` },
    ];
}

const DIMENSION = ".o_field_widget[name^='x_customer_dim']";

function classifyCustomer(name) {
    return [
        ...openCustomer(name),
        { trigger: ".o_notebook .nav-link[name='ar_card']", run: "click" },
        {
            content: "have it in sight: scrolling closes a list of choices",
            trigger: `${DIMENSION}:first input`,
            run() {
                this.anchor.scrollIntoView({ block: "center" });
            },
        },
        {
            content: "give it the first category of the first dimension",
            trigger: `${DIMENSION}:first input`,
            run: "click",
        },
        { trigger: ".o-autocomplete--dropdown-item:not(:has(.fa-spin)):first > a", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_status_indicator_buttons.invisible:not(:visible)" },
        ...openCustomers(),
        { trigger: ".o_ar_customers .o_data_row" },
        { content: "group by it", trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_group_by_menu .o_menu_item:first", run: "click" },
        { content: "a group without and one with category", trigger: ".o_group_header:eq(1)" },
    ];
}

function importBankFile(file) {
    return [
        ...openMenu("customer_ar_suite_menu_cash", "ar_bank_import_upload_menu"),
        {
            content: "choose the bank's file",
            trigger: ".modal .o_field_widget[name='file_ids']",
            async run() {
                await upload(this.anchor, file);
            },
        },
        { trigger: ".modal .o_field_widget[name='file_ids'] .o_attachment" },
        { trigger: ".modal footer button[name='action_stage']", run: "click" },
        {
            content: "three lines, and the balance is proved",
            trigger: ".o_field_widget[name='new_count']:contains(/^3$/)",
        },
        { trigger: "button[name='action_confirm']", run: "click" },
        { content: "sure", trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: ".o_form_view button[name='action_match']", run: "click" },
    ];
}

function applyReceipts() {
    return [
        { content: "the first proposal", trigger: ".o_match_row:first", run: "click" },
        { trigger: ".o_match_reasons li" },
        { trigger: ".o_accept:enabled", run: "click" },
        { trigger: "[data-tab='accepted']:contains(/1$/)", run: "click" },
        { trigger: ".o_match_right .o_apply:enabled", run: "click" },
        { trigger: "[data-tab='applied']:contains(/1$/)", run: "click" },
        { content: "it can be undone", trigger: ".o_match_right .o_undo" },
    ];
}

function lookAtAging(name) {
    return [
        ...openMenu("customer_ar_suite_menu_reporting", "ar_aging_report_menu"),
        { trigger: `.o_action_manager .o_view_controller:contains(${name})` },
    ];
}

function printStatement(name) {
    return [
        ...openCustomer(name),
        {
            trigger: "button.oe_stat_button:has(.fa-file-text-o)",
            run: "click",
        },
        { trigger: ".modal button[name='action_issue']", run: "click" },
        { content: "it has a number", trigger: ".o_form_view .o_field_widget[name='name']:contains(/[0-9]/)" },
        { trigger: "button[name='action_print']", run: "click" },
        { trigger: ".o_form_view:not(.o_blocked)" },
    ];
}

function mainJob(names) {
    return [
        ...openApp,
        ...importCustomers(names.customerFile),
        ...classifyCustomer(names.newCustomer),
        ...importBankFile("bank.xml"),
        ...applyReceipts(),
        ...lookAtAging(names.payer),
        ...printStatement(names.payer),
    ];
}

const tours = registry.category("web_tour.tours");
tours.add("customer_ar_suite_main_job", {
    steps: () =>
        mainJob({
            customerFile: "customers.xlsx",
            newCustomer: "Quayside Pumps",
            payer: "Tidewater Mills",
        }),
});
tours.add("customer_ar_suite_main_job_zh", {
    steps: () =>
        mainJob({
            customerFile: "customers.csv",
            newCustomer: "青浦水泵有限公司",
            payer: "淀山湖造纸有限公司",
        }),
});
