import { registry } from "@web/core/registry";

/** No text is looked for but names the test gives: the same steps in every language. */
const tours = registry.category("web_tour.tours");
const open = {
    content: "the task of the bank account",
    trigger: ".o_data_row:contains(TOUR-BANK) .o_data_cell[name=display_name]",
    run: "click",
};

tours.add("customer_ar_suite_reconciliation_prepare", {
    steps: () => [
        open,
        { trigger: ".o_form_view button[name=action_prepare]", run: "click" },
        { trigger: ".o_form_view button[name=action_open_statement]", run: "click" },
        {
            content: "what the bank has and we have not booked",
            trigger: ".o_form_view .o_field_widget[name=line_ids] .o_data_row:contains(TOUR-LINE)",
        },
        { trigger: ".o_form_view .alert-success:visible" },
    ],
});

tours.add("customer_ar_suite_reconciliation_sign", {
    steps: () => [
        open,
        { trigger: ".o_form_view button[name=action_sign]", run: "click" },
        { content: "yes", trigger: ".modal .btn-primary", run: "click" },
        {
            content: "signed",
            trigger: ".o_form_view .o_arrow_button_current[data-value=signed]",
        },
    ],
});
