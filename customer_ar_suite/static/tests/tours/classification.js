/* The dashboard of categories, the card of a customer, the way of a rule.
 *
 * Found by technical names and by names the test gives: the same in every language.
 */
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("customer_ar_suite_category_dashboard", {
    steps: () => [
        {
            content: "figures by category, with charts",
            trigger: ".o_ar_category_dashboard canvas[data-chart=trend]",
        },
        {
            content: "another dimension",
            trigger: ".o_ar_choices select[name=dimension]",
            run() {
                const option = [...this.anchor.options].find((one) => one.text === "TOUR-DIMENSION");
                this.anchor.value = option.value;
                this.anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "its category and its revenue",
            trigger: ".o_ar_figures tr:contains(TOUR-GOLD) a[data-figure=revenue_amount]:contains(1,234)",
        },
        {
            content: "this month only",
            trigger: ".o_ar_choices select[name=period]",
            run: "select month",
        },
        {
            content: "who is behind it",
            trigger: ".o_ar_figures tr:contains(TOUR-GOLD) a[data-figure=receivable_amount]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(TOUR-CUSTOMER)" },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        {
            content: "the same as a pivot",
            trigger: ".o_ar_pivot",
            run: "click",
        },
        { trigger: ".o_pivot_view .o_pivot table:contains(TOUR-GOLD)" },
    ],
});

tours.add("customer_ar_suite_customer_card", {
    steps: () => [
        { trigger: ".o_form_view .nav-link[name=ar_card]", run: "click" },
        {
            content: "what he owes",
            trigger: ".o_ar_customer_card [data-figure=balance]:contains(1,234)",
        },
        { trigger: "[name=ar_latest_item_ids] .o_data_row" },
        { content: "important", trigger: ".o_field_widget[name=ar_is_important] a, .o_field_widget[name=ar_is_important] i", run: "click" },
        { content: "set off", trigger: "button[name=action_ar_propose_offset]", run: "click" },
        { trigger: ".modal .o_field_widget[name=payable_item_ids] .o_data_row" },
        { trigger: ".modal button[name=action_propose]", run: "click" },
        { trigger: ".o_form_view .o_statusbar_buttons button[name=action_post]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value=done]" },
    ],
});

/** Type a name into a field of the dialogue and take what is offered. */
function choose(field, name) {
    return [
        { trigger: `.modal .o_field_widget[name=${field}] input`, run: `edit ${name}` },
        {
            trigger: `.o-autocomplete--dropdown-item:not(:has(.fa-spin)):contains(${name}) > a`,
            run: "click",
        },
    ];
}

tours.add("customer_ar_suite_category_rules", {
    steps: () => [
        { content: "who would move", trigger: "button[name=action_preview_rules]", run: "click" },
        {
            content: "and why, with the figure",
            trigger: "[name=line_ids] .o_data_row:contains(TOUR-CUSTOMER):contains(TOUR-BRONZE):contains(TOUR-GOLD):contains(1,234)",
        },
        { trigger: "button[name=action_apply]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current[data-value=done]" },
        {
            trigger: ".o-form-buttonbox button[name=action_view_lines], .o-dropdown--menu button[name=action_view_lines]",
            run: "click",
        },
        {
            content: "to the customer",
            trigger: "body:has(.o_searchview) .o_list_view .o_data_row:contains(TOUR-CUSTOMER) [name=to_category_id]",
            run: "click",
        },
        { trigger: ".o_form_view .nav-link[name=ar_card]", run: "click" },
        {
            content: "why he is there",
            trigger: "[name=ar_category_reason_ids] .o_data_row:contains(TOUR-GOLD):contains(1,234)",
        },
        { content: "by hand", trigger: "button[name=action_choose_category]", run: "click" },
        ...choose("dimension_id", "TOUR-DIMENSION"),
        ...choose("category_id", "TOUR-SILVER"),
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit TOUR-REASON",
        },
        { trigger: ".modal button[name=action_choose]", run: "click" },
        {
            content: "the reason stands beside it",
            trigger: "body:not(:has(.modal)) [name=ar_category_reason_ids] .o_data_row:contains(TOUR-SILVER):contains(TOUR-REASON)",
        },
        { content: "the history", trigger: ".o-form-buttonbox .o_button_more", run: "click" },
        {
            trigger: ".o-dropdown--menu button[name=action_view_category_history]",
            run: "click",
        },
        { trigger: ".o_group_header:contains(TOUR-DIMENSION) .o_group_name", run: "click" },
        { trigger: ".o_list_view .o_group_header ~ .o_data_row:contains(TOUR-SILVER)" },
        { trigger: ".o_list_view .o_group_header ~ .o_data_row:contains(TOUR-BRONZE)" },
    ],
});
