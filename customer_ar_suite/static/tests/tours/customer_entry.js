/* Guided entry: a clerk pastes a block, verifies it against a document, enters the customer; a
 * reviewer approves it; the clerk files it.
 *
 * tests/test_tour_entry.py starts the three tours one after the other. Found by technical
 * names, so it runs in every language.
 */
import { registry } from "@web/core/registry";

import { openApp, openMenu } from "./steps";

const CUSTOMERS = "customer_ar_suite_menu_customers";
const current = (state) => ({
    content: `now in the step ${state}`,
    trigger: `.o_statusbar_status .o_arrow_button_current[data-value='${state}']`,
});

/** A small PDF that says these lines. */
function pdfFile(lines) {
    const text = lines.map((line) => `(${line}) Tj T*`).join(" ");
    const stream = `BT /F1 12 Tf 14 TL 72 720 Td ${text} ET`;
    const objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R " +
            "/Resources << /Font << /F1 5 0 R >> >> >>",
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ];
    let body = "%PDF-1.4\n";
    const places = [];
    objects.forEach((object, index) => {
        places.push(body.length);
        body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    });
    const start = body.length;
    const rows = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`);
    body += `xref\n0 6\n0000000000 65535 f \n${rows.join("")}`;
    body += `trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
    return new File([body], "licence.pdf", { type: "application/pdf" });
}

/** The page is there: nothing is being loaded any more that leaving would interrupt. */
const pageShown = {
    content: "the document stands beside the form",
    trigger: "iframe.o_ar_document_page:iframe .page",
};

/** Tick the first rows of a checklist, one after the other. */
function tickRows(field, count) {
    const kind = field === "field_ids" ? ".o_kanban_record" : ".o_data_row";
    const row = (n) => `.o_field_widget[name='${field}'] ${kind}:nth-child(${n})`;
    const steps = [];
    for (let n = 1; n <= count; n++) {
        steps.push(
            { trigger: `${row(n)} [name='action_toggle'] .fa-square-o`, run: "click" },
            { trigger: `${row(n)} .fa-check-square-o` }
        );
    }
    return steps;
}

function enter({ block, name, vat, lines, tasks, fields }) {
    return [
        ...openApp,
        ...openMenu(CUSTOMERS, "customer_paste_menu"),
        {
            content: "paste the block",
            trigger: ".modal .o_field_widget[name='text'] textarea",
            // at once: typed, the page would be laid out anew for each of its letters
            run() {
                this.anchor.value = block;
                for (const event of ["input", "change"]) {
                    this.anchor.dispatchEvent(new Event(event, { bubbles: true }));
                }
            },
        },
        { trigger: ".modal .modal-title", run: "click" },
        {
            content: "it has been read",
            trigger: `.modal .o_field_widget[name='line_ids'] .o_data_cell[name='value']:contains(${vat})`,
        },
        { trigger: ".modal footer button[name='action_fill']:visible", run: "click" },
        current("prepare"),
        { trigger: `.o_form_view .o_ar_no_document` },
        {
            content: "give the licence",
            trigger: ".o_ar_documents .o_ar_add_document",
            run() {
                const input = document.querySelector(".o_ar_documents input[type='file']");
                const transfer = new DataTransfer();
                transfer.items.add(pdfFile(lines));
                input.files = transfer.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        pageShown,
        ...tickRows("task_ids", tasks),
        { trigger: "button[name='action_next']", run: "click" },
        current("verify"),
        {
            content: "the tax number stands in the document",
            trigger: ".o_field_widget[name='field_ids'] .o_kanban_record:nth-child(2) .text-bg-success",
        },
        { trigger: ".o_ar_show_text", run: "click" },
        { trigger: `.o_ar_document_text:contains(${vat})` },
        { trigger: ".o_ar_show_text", run: "click" },
        ...tickRows("field_ids", fields),
        { trigger: "button[name='action_next']", run: "click" },
        current("enter"),
        { trigger: "button[name='action_create_customer']", run: "click" },
        { trigger: "button[name='action_open_customer']:visible" },
        ...tickRows("task_ids", 1),
        { trigger: "button[name='action_next']", run: "click" },
        current("review"),
        { content: name, trigger: ".o_form_view:not(:has(button[name='action_next']:visible))" },
        pageShown,
    ];
}

const openEntry = (name) => [
    ...openApp,
    ...openMenu(CUSTOMERS, "customer_entry_menu"),
    { trigger: `.o_kanban_view .o_kanban_record:contains(${name})`, run: "click" },
];

function review({ name }) {
    return [
        ...openEntry(name),
        current("review"),
        pageShown,
        { trigger: "button[name='action_view_request']", run: "click" },
        { trigger: "button[name='action_approve']", run: "click" },
        current("approved"),
    ];
}

function file({ name }) {
    return [
        ...openEntry(name),
        current("file"),
        { trigger: "button[name='action_next']", run: "click" },
        current("done"),
        { trigger: ".o_form_view .alert-success:visible" },
        pageShown,
    ];
}

const tours = registry.category("web_tour.tours");
for (const [suffix, data] of [
    [
        "",
        {
            name: "Harbour Lane Chandlers Ltd",
            vat: "GB980780684",
            block:
                "Harbour Lane Chandlers Ltd\n12 Harbour Lane\nBristol BS1 5TY\nUnited Kingdom\n" +
                "VAT No: GB 980 7806 84\nTel: +44 117 496 0123\naccounts@harbourlane.example",
            lines: ["Harbour Lane Chandlers Ltd", "VAT GB980780684", "12 Harbour Lane"],
            tasks: 2,
            fields: 3,
        },
    ],
    [
        "_zh",
        {
            name: "上海测试贸易有限公司",
            vat: "91310116052958608G",
            block:
                "名称：上海测试贸易有限公司\n税号：91310116052958608G\n" +
                "地址、电话：上海市浦东新区张江路88号 021-58881234\n" +
                "开户行及账号：中国银行上海徐汇支行 435567890123",
            lines: ["91310116052958608G", "021-58881234", "435567890123"],
            tasks: 3,
            fields: 6,
        },
    ],
]) {
    const tour = (job, steps) =>
        tours.add(`customer_ar_suite_entry_${job}${suffix}`, { steps: () => steps });
    tour("enter", enter(data));
    tour("review", review(data));
    tour("file", file(data));
}
