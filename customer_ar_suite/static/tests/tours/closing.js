import { registry } from "@web/core/registry";

/** No text is looked for but the customer's name: the same steps in every language. */
const tours = registry.category("web_tour.tours");

tours.add("customer_ar_suite_closing_request", {
    steps: () => [
        { content: "a new request", trigger: ".o_list_button_add", run: "click" },
        {
            content: "which customer",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit TOUR-CLOSING",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(TOUR-CLOSING)",
            run: "click",
        },
        {
            content: "to be deleted",
            trigger: ".o_field_widget[name=kind] input[data-value=delete]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reason] textarea",
            run: "edit Entered twice",
        },
        {
            content: "ask for approval",
            trigger: "button[name=action_request]",
            run: "click",
        },
        { trigger: ".o_statusbar_status [data-value=requested].o_arrow_button_current" },
        {
            content: "the checklist",
            trigger: ".o_field_widget[name=finding_ids] .o_data_row",
        },
        {
            content: "the maker does not approve",
            trigger: ".o_form_view:not(:has(button[name=action_approve]))",
        },
    ],
});

tours.add("customer_ar_suite_closing_approve", {
    steps: () => [
        {
            content: "the request that waits",
            trigger: ".o_data_row:contains(TOUR-CLOSING) .o_data_cell[name=customer_name]",
            run: "click",
        },
        { content: "approve", trigger: "button[name=action_approve]", run: "click" },
        {
            content: "who are you",
            trigger: ".modal .o_field_widget[name=password] input",
            run: "edit tour-password",
        },
        { trigger: ".modal button[name=run_check]:visible", run: "click" },
        { trigger: ".o_statusbar_status [data-value=done].o_arrow_button_current" },
    ],
});

tours.add("customer_ar_suite_closing_tombstone", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(TOUR-CLOSING) .o_data_cell[name=display_name]",
            run: "click",
        },
        {
            content: "what was known of the customer",
            trigger: ".o_field_widget[name=content_html]:contains(last@closing.example)",
        },
    ],
});
