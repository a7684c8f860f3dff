import { registry } from "@web/core/registry";

/** A difficult receipt by hand, booked, undone; then a payment that comes back. */
registry.category("web_tour.tours").add("customer_ar_suite_match_differences", {
    steps: () => [
        { trigger: "[data-tab='unmatched']", run: "click" },
        { content: "choose the invoice", trigger: ".o_match_item", run: "click" },
        { trigger: ".o_match_parts .o_match_amount" },
        {
            content: "say why the rest is not paid",
            trigger: ".o_match_deduct",
            run: "click",
        },
        { trigger: ".o_match_deductions .o_match_deduction" },
        { trigger: ".o_match_note", run: "edit SWIFT" },
        { trigger: ".o_match_right .o_accept:enabled", run: "click" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='accepted']", run: "click" },
        { content: "book it", trigger: ".o_match_right .o_apply:enabled", run: "click" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='applied']", run: "click" },
        { trigger: ".o_match_row:count(2)" },
        { content: "take it back", trigger: ".o_match_right .o_undo:enabled", run: "click" },
        { trigger: ".modal .btn-primary", run: "click" },
        { trigger: ".o_match_row:count(1)" },
        { trigger: "[data-tab='outgoing']", run: "click" },
        { content: "the receipt that came back", trigger: ".o_match_return", run: "click" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='accepted']", run: "click" },
        { trigger: ".o_match_right .o_apply:enabled", run: "click" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='applied']", run: "click" },
        { trigger: ".o_match_row:count(2)" },
    ],
});
