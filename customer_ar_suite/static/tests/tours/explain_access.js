/* Who sees this customer, and why does that colleague not? By technical names, in every language. */
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_ar_suite_explain_access", {
    steps: () => [
        {
            content: "on a narrow screen it is among the other buttons",
            trigger: ".o-form-buttonbox",
            run() {
                document.querySelector(".o-form-buttonbox .o_button_more")?.click();
            },
        },
        {
            content: "ask who sees the customer",
            trigger: "button[name='action_explain_access']:visible",
            run: "click",
        },
        {
            content: "everybody is listed",
            trigger: ".modal .o_field_widget[name='person_ids'] .o_data_row",
        },
        {
            content: "ask about one colleague",
            trigger: ".modal .o_field_widget[name='user_id'] input",
            run: "edit Explained Colleague",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:not(:has(.fa-spin)):contains(Explained Colleague) > a",
            run: "click",
        },
        {
            content: "he sees the customer",
            trigger: ".modal .alert-success.o_ar_verdict:visible",
        },
        {
            content: "may he edit it?",
            trigger: ".modal .o_field_widget[name='right'] input[data-value='edit']",
            run: "click",
        },
        {
            content: "no, and a grant is named",
            trigger: ".modal .alert-danger.o_ar_verdict:visible",
        },
        { trigger: ".modal .o_field_widget[name='grant_ids'] .o_tag" },
        { trigger: ".modal footer button.btn-primary", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_view" },
    ],
});
