/* From a schedule to letters in the queue, a customer left out, a failed one served later.
 *
 * Found by technical names, so that the same steps run in every language; the Python test
 * (tests/test_tour_statement_run.py) lays the customers ready and looks at the result.
 */
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

import { openApp, openMenu } from "./steps";

/** Write the address that was missing, as a colleague would on the customer's card. */
async function repairAddress(name) {
    const call = (method, args) =>
        rpc(`/web/dataset/call_kw/res.partner/${method}`, {
            model: "res.partner",
            method,
            args,
            kwargs: {},
        });
    const ids = await call("search", [[["name", "=", name]]]);
    await call("write", [ids, { email: "repaired@customers.example" }]);
}

const DONE = ".o_statusbar_status .o_arrow_button_current[data-value='done']";
const PREVIEW = ".o_statusbar_status .o_arrow_button_current[data-value='preview']";

function sendNow(count) {
    return [
        {
            content: "the dialog names how many",
            trigger: `.modal .o_field_widget[name='email_count']:contains(/^${count}$/)`,
        },
        {
            trigger: ".modal footer button[name='action_confirm']:visible",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
    ];
}

function statementRun({ schedule, leftOut, mute, reason }) {
    return [
        ...openApp,
        ...openMenu("customer_ar_suite_menu_statements", "ar_statement_schedule_menu"),
        { trigger: `.o_data_row .o_data_cell[name='name']:contains(${schedule})`, run: "click" },
        { trigger: "button[name='action_make_now']", run: "click" },
        { content: "nothing is sent yet", trigger: PREVIEW },
        { trigger: `[name='todo_line_ids'] .o_data_row:contains(${mute}) [name='problem']:not(:empty)` },
        {
            content: "leave one out",
            trigger: `[name='todo_line_ids'] .o_data_row:contains(${leftOut}) button[name='action_exclude']`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: `edit ${reason}`,
        },
        { trigger: ".modal footer button[name='action_exclude']", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_notebook .nav-link[name='excluded']", run: "click" },
        { trigger: `[name='excluded_line_ids'] .o_data_row:contains(${reason})` },
        { content: "send", trigger: ".o_ar_run_send:enabled", run: "click" },
        ...sendNow(2),
        { trigger: DONE },
        { trigger: ".o_notebook .nav-link[name='failed']", run: "click" },
        {
            trigger: `[name='failed_line_ids'] .o_data_row:contains(${mute}) [name='run_error']:not(:empty)`,
            async run() {
                await repairAddress(mute);
            },
        },
        { content: "try again", trigger: "button[name='action_resume_run']", run: "click" },
        ...sendNow(1),
        { trigger: ".o_notebook:not(:has(.nav-link[name='failed']))" },
        { trigger: ".o_notebook .nav-link[name='done']", run: "click" },
        { trigger: `[name='done_line_ids'] .o_data_row:contains(${mute})` },
        { content: "three have left", trigger: "[name='done_line_ids'] .o_data_row:eq(2)" },
        {
            content: "once more to one of them",
            trigger: `[name='done_line_ids'] .o_data_row:contains(${mute}) button[name='action_send_again']`,
            run: "click",
        },
        { trigger: PREVIEW },
        { trigger: ".o_ar_run_send:enabled", run: "click" },
        ...sendNow(1),
        { trigger: DONE },
    ];
}

const tours = registry.category("web_tour.tours");
tours.add("customer_ar_suite_statement_run", {
    steps: () =>
        statementRun({
            schedule: "Month end",
            leftOut: "Tidewater Mills",
            mute: "Silent Harbour",
            reason: "under discussion",
        }),
});
tours.add("customer_ar_suite_statement_run_zh", {
    steps: () =>
        statementRun({
            schedule: "月结对账单",
            leftOut: "淀山湖造纸有限公司",
            mute: "金泽水产有限公司",
            reason: "账目正在核对",
        }),
});
