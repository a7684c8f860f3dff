import { registry } from "@web/core/registry";

/** No text is looked for but names the test gives: the same steps in every language. */
const tours = registry.category("web_tour.tours");

tours.add("customer_ar_suite_rhythm_review", {
    steps: () => [
        {
            content: "a new review",
            trigger: "button.o_ar_new_review",
            run: "click",
        },
        { trigger: ".o_form_view button[name=action_start]", run: "click" },
        {
            content: "who pays otherwise than agreed, and why",
            trigger: ".o_data_row:contains(TOUR-RHYTHM) .o_data_cell[name=evidence]:contains(100)",
        },
    ],
});

tours.add("customer_ar_suite_rhythm_accept", {
    steps: () => [
        {
            content: "choose the proposal",
            trigger: ".o_data_row:contains(TOUR-RHYTHM) .o_list_record_selector input",
            run: "click",
        },
        { trigger: "button[name=action_accept]", run: "click" },
        {
            content: "it is decided",
            trigger: ".o_data_row:contains(TOUR-RHYTHM) .o_data_cell[name=state] .text-bg-success",
        },
    ],
});

tours.add("customer_ar_suite_exchange_results", {
    steps: () => [
        {
            content: "what the customer's dollars are worth",
            trigger: ".o_data_row:contains(TOUR-RHYTHM) .o_data_cell[name=unrealised_amount]",
            run: "click",
        },
        {
            content: "the items behind it",
            trigger: ".o_group_header .o_group_name, .o_group_header",
            run: "click",
        },
        { trigger: ".o_data_row .o_data_cell[name=document_id]", run: "click" },
        { content: "the invoice", trigger: ".o_form_view .o_field_widget[name=invoice_line_ids]" },
    ],
});
