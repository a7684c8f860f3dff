import { registry } from "@web/core/registry";

/** A part of a receipt comes back: other amounts than proposed are chosen, and booked. */
registry.category("web_tour.tours").add("customer_ar_suite_partial_return", {
    steps: () => [
        { trigger: "[data-tab='outgoing']", run: "click" },
        { content: "the receipt it was part of", trigger: ".o_match_return", run: "click" },
        { trigger: ".o_match_return_amount:count(2)" },
        { content: "nothing is missing", trigger: ".o_match_return_accept:enabled" },
        { trigger: ".o_match_return_amount:first", run: "edit 30" },
        { content: "too much now", trigger: ".o_match_return_accept:disabled" },
        { trigger: ".o_match_return_amount:last", run: "edit 100" },
        { trigger: ".o_match_return_accept:enabled", run: "click" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='accepted']", run: "click" },
        { trigger: ".o_match_right .o_apply:enabled", run: "click" },
        { trigger: ".o_match_empty" },
    ],
});
