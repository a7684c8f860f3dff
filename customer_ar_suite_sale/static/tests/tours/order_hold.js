/* Quotation → hold → release → order; tests/test_order_tour.py starts one after the other.
 * Found by technical names, so it runs in every language. */
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("customer_ar_suite_sale_hold", {
    steps: () => [
        {
            content: "the banner says why",
            trigger: ".o_form_view .alert-danger.o_ar_credit_banner .o_field_widget[name='ar_credit_text']",
        },
        {
            content: "it cannot be confirmed",
            trigger: ".o_statusbar_buttons button[name='action_confirm']",
            run: "click",
        },
        {
            content: "a dialog tells the reason",
            trigger: ".modal .o_error_dialog, .modal .o_dialog_error, .modal[role='dialog']",
        },
        { trigger: ".modal footer button, .modal .btn-close", run: "click" },
        {
            content: "ask for a release",
            trigger: "body:not(:has(.modal)) button[name='action_ar_ask_release']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit They pay on Friday",
        },
        { trigger: ".modal footer button[name='action_ask']", run: "click" },
        {
            content: "it has been asked for",
            trigger: ".o_form_view .o_ar_credit_banner .o_ar_release_requested",
        },
    ],
});

tours.add("customer_ar_suite_sale_release", {
    steps: () => [
        {
            content: "what the rules had found",
            trigger: ".o_form_view .alert-warning .o_field_widget[name='hits_text']",
        },
        { trigger: "button[name='action_approve']", run: "click" },
        {
            trigger: ".modal .o_field_widget[name='note'] textarea",
            run: "edit Always pays",
        },
        { trigger: ".modal footer button[name='action_decide']", run: "click" },
        {
            content: "it is granted",
            trigger:
                ".o_statusbar_status button[data-value='approved'].o_arrow_button_current",
        },
    ],
});

tours.add("customer_ar_suite_sale_confirm", {
    steps: () => [
        { trigger: ".o_form_view .o_ar_released" },
        {
            trigger: ".o_statusbar_buttons button[name='action_confirm']",
            run: "click",
        },
        {
            content: "it is an order",
            trigger: ".o_statusbar_status button[data-value='sale'].o_arrow_button_current",
        },
    ],
});
