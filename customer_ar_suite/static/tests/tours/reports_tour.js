/* Through the reports: a figure of the aging opens its items, the workbook comes, the trial
 * balance leads to the ledger. The same steps in every language. */
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

import { openApp, openMenu } from "./steps";

const GROUP = ".o_ar_strip ~ table .o_group_header:contains(Tidewater Mills)";

registry.category("web_tour.tours").add("customer_ar_suite_reports", {
    steps: () => [
        ...openApp,
        ...openMenu("customer_ar_suite_menu_reporting", "ar_aging_report_menu"),
        { content: "it ties out", trigger: ".o_ar_tie_out.text-bg-success" },
        {
            content: "choose another date",
            trigger: ".o_control_panel button .fa-calendar",
            run: "click",
        },
        {
            content: "compare with nothing, show as it is",
            trigger: ".modal button[name='action_open']",
            run: "click",
        },
        {
            content: "open what the balance consists of",
            trigger: `body:not(:has(.modal)) ${GROUP} td[data-column='residual_amount']`,
            run: "click",
        },
        {
            content: "both invoices are there",
            trigger: ".o_list_table_ungrouped:has(.o_data_row:nth-child(2))",
        },
        {
            content: "as a workbook",
            trigger: ".o_ar_xlsx",
            async run(helpers) {
                browser.open = (url) => {
                    fetch(url).then((answer) => {
                        document.body.dataset.workbook = answer.status;
                    });
                    return {};
                };
                await helpers.click();
            },
        },
        { trigger: "body[data-workbook='200']" },
        ...openMenu("customer_ar_suite_menu_reporting", "ar_trial_balance_report_menu"),
        {
            content: "from the customer into the ledger",
            trigger:
                ".o_data_row:has(td[name='closing_amount']):contains(Tidewater Mills) td[name='partner_id']",
            run: "click",
        },
        {
            content: "with a running balance",
            trigger: ".o_group_open ~ .o_data_row td[name='balance_amount']",
        },
    ],
});
