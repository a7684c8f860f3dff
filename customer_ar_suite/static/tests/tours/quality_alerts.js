/* An audit of customer data and its finding; an alert that is looked into and settled.
 *
 * Found by technical names and by names the test gives: the same in every language.
 */
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const state = (name) => ({ trigger: `.o_statusbar_status .o_arrow_button_current[data-value=${name}]` });
const stat = (name) => ({
    trigger: `.o-form-buttonbox button[name=${name}], .o-dropdown--menu button[name=${name}]`,
    run: "click",
});

tours.add("customer_ar_suite_quality_audit", {
    steps: () => [
        { content: "examine", trigger: "button[name=action_start]", run: "click" },
        state("done"),
        { content: "who has which score", ...stat("action_view_scores") },
        { trigger: ".o_list_view .o_data_row:contains(TOUR-QUALITY)" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:last", run: "click" },
        state("done"),
        { content: "what is wrong", ...stat("action_view_findings") },
        {
            trigger: ".o_list_view .o_data_row:contains(TOUR-QUALITY) .o_data_cell:first",
            run: "click",
        },
        state("open"),
        { content: "mine", trigger: "button[name=action_take]", run: "click" },
        state("in_work"),
    ],
});

tours.add("customer_ar_suite_quality_finding", {
    steps: () => [
        state("in_work"),
        {
            content: "how it came about",
            trigger: ".o_field_widget[name=cause] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_menu [data-choice-index='0'], .o_select_menu_item:first",
            run: "click",
        },
        { content: "corrected meanwhile", trigger: "button[name=action_check_again]", run: "click" },
        state("closed"),
    ],
});

tours.add("customer_ar_suite_alert", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(TOUR-ALERT) .o_data_cell:first", run: "click" },
        state("open"),
        { content: "what was logged", ...stat("action_view_entries") },
        { trigger: ".o_list_view .o_data_row" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:last", run: "click" },
        { content: "mine", trigger: "button[name=action_take]", run: "click" },
        state("in_work"),
        { content: "what came of it", trigger: "button[name=action_close]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit TOUR-OUTCOME",
        },
        { trigger: ".modal button[name=action_close]", run: "click" },
        state("closed"),
        { trigger: ".o_field_widget[name=note]:contains(TOUR-OUTCOME)" },
    ],
});
