import { registry } from "@web/core/registry";

/** No text is looked for but the customer's name: the same steps in every language. */
registry.category("web_tour.tours").add("customer_ar_suite_lifecycle", {
    steps: () => [
        {
            content: "the customer stands in his column of the board",
            trigger: ".o_kanban_record:contains(TOUR-LIFECYCLE)",
            run: "click",
        },
        {
            content: "the track of the customer",
            trigger: ".o_notebook .nav-link[name=ar_lifecycle]",
            run: "click",
        },
        {
            content: "move him",
            trigger: "button[name=action_move_stage]:visible",
            run: "click",
        },
        {
            content: "to the third stage",
            trigger: ".modal .o_field_widget[name=stage_id] .o_radio_item:nth-child(3) input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit TOUR-REASON",
        },
        { trigger: ".modal button[name=action_move]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

registry.category("web_tour.tours").add("customer_ar_suite_lifecycle_review", {
    steps: () => [
        { content: "a new review", trigger: ".o_list_button_add", run: "click" },
        {
            content: "whom would the rules move",
            trigger: "button[name=action_preview]:visible",
            run: "click",
        },
        {
            content: "the customer and why",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(TOUR-LIFECYCLE)",
        },
        { trigger: "button[name=action_apply]", run: "click" },
        { trigger: ".o_statusbar_status [data-value=done].o_arrow_button_current" },
    ],
});
