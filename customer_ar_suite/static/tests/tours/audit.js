/* From the policy to the checked chain; everything by technical names, in any language. */
import { registry } from "@web/core/registry";

import { openMenu } from "./steps";

const tours = registry.category("web_tour.tours");

tours.add("customer_ar_suite_audit_policy", {
    steps: () => [
        {
            content: "nothing is recorded",
            trigger: ".o_list_view:not(:has([name=is_recording] input:checked)) .o_data_row",
        },
        {
            content: "switch on what is recommended",
            trigger: "button[name=action_recommended]",
            run: "click",
        },
        {
            content: "the database records",
            trigger: ".o_data_row [name=is_recording] input:checked",
        },
    ],
});

tours.add("customer_ar_suite_audit_change", {
    steps: () => [
        {
            content: "change the customer",
            trigger: ".o_field_widget[name=email] input",
            run: "edit new@audit-tour.example",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { content: "it is saved", trigger: ".o_form_view:has(.o_form_saved)" },
    ],
});

tours.add("customer_ar_suite_audit_log", {
    steps: () => [
        {
            content: "what the log knows of this customer",
            trigger: "button[name=action_view_audit_entries]",
            run: "click",
        },
        {
            content: "old and new value",
            trigger:
                ".o_data_row:contains(old@audit-tour.example → new@audit-tour.example) .o_data_cell[name=event_name]",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .o_field_widget[name=payload_text]:contains(new@audit-tour.example)",
        },
        {
            content: "nobody writes here",
            trigger: ".o_form_view:not(:has(.o_form_button_create)):not(:has(input:enabled))",
        },
    ],
});

tours.add("customer_ar_suite_audit_check", {
    steps: () => [
        {
            content: "seal without waiting for the job",
            trigger: "button[name=action_seal_now]",
            run: "click",
        },
        { content: "a seal", trigger: ".o_data_row .o_data_cell[name=last_seq]" },
        ...openMenu("customer_ar_suite_menu_reporting", "customer_audit_verify_menu"),
        {
            content: "everything is sealed",
            trigger: ".modal .o_field_widget[name=last_seal_id]",
        },
        { trigger: ".modal button[name=action_verify]", run: "click" },
        {
            content: "the chain is whole",
            trigger: ".o_form_view [name=verdict] .text-bg-success",
        },
    ],
});
