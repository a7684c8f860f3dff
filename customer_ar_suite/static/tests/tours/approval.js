/* Four eyes: a clerk changes a guarded field and says why, a reviewer approves, it is written.
 *
 * Two people, two tours each; tests/test_tour_approval.py starts one after the other and looks
 * at the customer in between. Found by technical names, so it runs in every language.
 */
import { registry } from "@web/core/registry";

import { openApp, openMenu } from "./steps";

const EMAIL = ".o_form_view .o_field_widget[name='email'] input";

function openCustomer(name) {
    return [
        ...openApp,
        ...openMenu("customer_ar_suite_menu_customers", "res_partner_menu_customers"),
        {
            content: `open ${name}`,
            trigger: `.o_ar_customers .o_data_row .o_data_cell[name='complete_name']:contains(${name})`,
            run: "click",
        },
        { trigger: `.o_form_view .o_breadcrumb:contains(${name})` },
    ];
}

function requestChange(name, reason) {
    return [
        ...openCustomer(name),
        { content: "another address", trigger: EMAIL, run: "edit new@example.com" },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "the card shows what is asked for",
            trigger: ".o_field_widget[name='ar_pending_change_text']:contains(old@example.com → new@example.com)",
        },
        {
            content: "and the field what holds",
            trigger: EMAIL,
            run() {
                if (this.anchor.value !== "old@example.com") {
                    throw new Error(`the field shows ${this.anchor.value}`);
                }
            },
        },
        {
            trigger: "button.oe_stat_button[name='action_view_change_requests']",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row .o_data_cell[name='summary']", run: "click" },
        {
            content: "it wants a reason",
            trigger: ".o_form_view .alert-danger .o_field_widget[name='missing_text']",
        },
        { trigger: "button[name='action_explain']", run: "click" },
        {
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: `edit ${reason}`,
        },
        { trigger: ".modal footer button[name='action_confirm']", run: "click" },
        { trigger: `.o_form_view .o_field_widget[name='reason']:contains(${reason})` },
        { content: "he cannot approve", trigger: ".o_form_view:not(:has(button[name='action_approve']))" },
    ];
}

function approveChange(name, reason) {
    return [
        ...openApp,
        ...openMenu("customer_ar_suite_menu_customers", "customer_change_request_menu"),
        {
            content: "the request of the clerk",
            trigger: `.o_list_view .o_data_row:contains(${name}) .o_data_cell[name='summary']`,
            run: "click",
        },
        { trigger: `.o_form_view .o_field_widget[name='reason']:contains(${reason})` },
        { trigger: ".o_form_view .o_data_cell[name='old_text']:contains(old@example.com)" },
        { trigger: ".o_form_view .o_data_cell[name='new_text']:contains(new@example.com)" },
        { trigger: "button[name='action_approve']", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value='approved']" },
    ];
}

function requestApproval(name) {
    return [
        ...openCustomer(name),
        { trigger: ".alert button[name='action_request_approval']", run: "click" },
        { trigger: ".alert-info:visible" },
        {
            content: "the button is gone",
            trigger: ".o_form_view:not(:has(button[name='action_request_approval']:visible))",
        },
    ];
}

function approveCustomer(name) {
    return [
        ...openApp,
        ...openMenu("customer_ar_suite_menu_customers", "customer_change_request_menu"),
        {
            trigger: `.o_list_view .o_data_row:contains(${name}) .o_data_cell[name='summary']`,
            run: "click",
        },
        { trigger: "button[name='action_open_partner']", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name='email']" },
        { content: "back to the request", trigger: ".o_back_button", run: "click" },
        { trigger: "button[name='action_approve']", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value='approved']" },
    ];
}

const tours = registry.category("web_tour.tours");
for (const [suffix, name, reason] of [
    ["", "Tidewater Mills", "Moved to a new office"],
    ["_zh", "淀山湖造纸有限公司", "客户更换邮箱"],
]) {
    const tour = (job, steps) =>
        tours.add(`customer_ar_suite_${job}${suffix}`, { steps: () => steps });
    tour("request_change", requestChange(name, reason));
    tour("approve_change", approveChange(name, reason));
    tour("request_approval", requestApproval(name));
    tour("approve_customer", approveCustomer(name));
}
