import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_ar_suite_match_review", {
    steps: () => [
        { trigger: ".o_match_review .o_match_empty" },
        { content: "match what is open", trigger: ".o_match_now", run: "click" },
        {
            content: "the proposal shows why",
            trigger: ".o_match_right .o_match_reasons:contains(quotes)",
        },
        { content: "accept it", trigger: ".o_match_right .o_accept:enabled" },
        { trigger: ".o_match_row.o_selected", run: "press Enter" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='accepted']", run: "click" },
        { content: "book it", trigger: ".o_match_right .o_apply:enabled", run: "click" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='unmatched']", run: "click" },
        { content: "choose an item by hand", trigger: ".o_match_item", run: "click" },
        { trigger: ".o_match_amount", run: "edit 40" },
        { trigger: ".o_match_right .o_accept:enabled", run: "click" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='accepted']", run: "click" },
        { trigger: ".o_match_right .o_apply:enabled", run: "click" },
        { trigger: ".o_match_empty" },
        { trigger: "[data-tab='applied']", run: "click" },
        { trigger: ".o_match_row:count(2)" },
    ],
});
