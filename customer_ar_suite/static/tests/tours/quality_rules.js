/* A rule that blocks on the form, and a correction that is accepted and one that is refused.
 *
 * tests/test_rules_tour.py looks at the customer afterwards. Found by technical names, so it
 * runs in every language.
 */
import { registry } from "@web/core/registry";

import { openApp, openMenu } from "./steps";

const field = (name) => `.o_form_view .o_field_widget[name='${name}'] input`;
const finding = (name) => `.o_ar_quality_findings li[data-field='${name}']`;
const correction = (name) => `.o_ar_correction[data-field='${name}']`;

function steps(name, corrected) {
    return [
        ...openApp,
        ...openMenu("customer_ar_suite_menu_customers", "res_partner_menu_customers"),
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name='name'] :is(input, textarea)", run: `edit ${name}` },
        { trigger: field("email"), run: "edit nobody && press Tab" },
        { content: "the rule is told while typing", trigger: finding("email") },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "and refuses to store it",
            trigger: ".modal:contains(nobody) .modal-footer button",
            run: "click",
        },
        { trigger: field("email"), run: "edit ap@example.com && press Tab" },
        { content: "the finding is gone", trigger: `.o_form_view:not(:has(${finding("email")}))` },
        { trigger: field("city"), run: "edit shanghai && press Tab" },
        { content: "before", trigger: `${correction("city")} .o_ar_before:contains(shanghai)` },
        { trigger: `${correction("city")} .o_ar_after:contains(Shanghai)` },
        { trigger: `${correction("city")} .o_ar_refuse`, run: "click" },
        { trigger: `.o_form_view:not(:has(${correction("city")}))` },
        { trigger: `${correction("name")} .o_ar_after:contains(${corrected})` },
        { trigger: `${correction("name")} .o_ar_accept`, run: "click" },
        { trigger: `.o_form_view:not(:has(${correction("name")}))` },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
    ];
}

const tours = registry.category("web_tour.tours");
for (const [suffix, name, corrected] of [
    ["", "tidewater mills gmbh", "Tidewater Mills GmbH"],
    ["_zh", "淀山湖造纸(集团)有限公司", "淀山湖造纸（集团）有限公司"],
]) {
    tours.add(`customer_ar_suite_quality_rules${suffix}`, {
        steps: () => steps(name, corrected),
    });
}
