import { registry } from "@web/core/registry";

const NUMBER = ".o_field_widget[name='ar_identity_number'] input";

registry.category("web_tour.tours").add("customer_ar_suite_unmask", {
    steps: () => [
        { content: "the confidential page", trigger: "a[name='ar_confidential']", run: "click" },
        { content: "shows a mask", trigger: `${NUMBER}:value("****0815")` },
        { trigger: "button[name='action_ar_unmask']:visible", run: "click" },
        {
            content: "asks why",
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit Contract of guarantee 77",
        },
        { trigger: ".modal button[name='action_unmask']", run: "click" },
        { content: "says that it was logged", trigger: ".o_notification" },
        { trigger: "body:not(:has(.modal)) a[name='ar_confidential']", run: "click" },
        { content: "shows the value", trigger: `${NUMBER}:value("IDCANARY4711XYZ0815")` },
    ],
});
