import { registry } from "@web/core/registry";

/** No text is looked for but the customer's name: the same steps in every language. */
registry.category("web_tour.tours").add("customer_ar_suite_confirmation", {
    steps: () => [
        { content: "a new selection", trigger: ".o_list_button_add", run: "click" },
        {
            content: "of customers named one by one",
            trigger: ".o_field_widget[name=selection] input[data-value=chosen]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=partner_ids] input",
            run: "edit TOUR-CONFIRM",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(TOUR-CONFIRM)",
            run: "click",
        },
        { content: "look first", trigger: "button[name=action_preview]", run: "click" },
        {
            content: "the customer with his balance",
            trigger: ".o_field_widget[name=item_ids] .o_data_row:contains(TOUR-CONFIRM)",
        },
        { content: "issue", trigger: "button[name=action_issue]", run: "click" },
        { trigger: ".o_statusbar_status [data-value=done].o_arrow_button_current" },
        {
            content: "the letters",
            trigger: "button[name=action_open_letters]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(TOUR-CONFIRM) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "what the letter says",
            trigger: ".o_ar_confirmation_preview .rp",
        },
        {
            content: "it left the house",
            trigger: "button[name=action_mark_sent]",
            run: "click",
        },
        { trigger: ".o_statusbar_status [data-value=sent].o_arrow_button_current" },
        {
            content: "the reply",
            trigger: "button[name=action_reply].btn-primary",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=answer] input[data-value=differing]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=signer_name] input",
            run: "edit Jo Clerk",
        },
        {
            content: "their balance",
            trigger: ".modal .o_field_widget[name=balance_ids] .o_data_cell[name=their_amount]",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=balance_ids] .o_field_widget[name=their_amount] input",
            run: "edit 400",
        },
        {
            content: "enter it",
            trigger: ".modal footer button[name=action_enter]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=difference_amount]" },
        {
            content: "the reply is on record",
            trigger: ".o_notebook .nav-link[name=replies]",
            run: "click",
        },
        { trigger: ".o_field_widget[name=reply_ids] .o_data_row:contains(Jo Clerk)" },
    ],
});
