import { registry } from "@web/core/registry";

/** Found by technical names: the same steps run in every language. */
const tours = registry.category("web_tour.tours");
const at = (state) => `.o_statusbar_status .o_arrow_button_current[data-value='${state}']`;

tours.add("customer_ar_suite_merge", {
    steps: () => [
        {
            content: "both cards of the customer",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_cp_action_menus .dropdown-toggle:has(.fa-cog):visible", run: "click" },
        {
            content: "merge them",
            trigger: ".o-dropdown--menu .o_menu_item:contains(/Merge…|合并…/)",
            run: "click",
        },
        { content: "the dry run is done", trigger: at("checked") },
        {
            content: "two rows collide",
            trigger: "[name='conflict_ids'] .o_data_row button[name='action_keep_first']",
            run: "click",
        },
        {
            content: "decided",
            trigger: "[name='conflict_ids'] .o_data_row:not(:has(button[name='action_keep_first']))",
        },
        { trigger: ".o_notebook .nav-link[name='values']", run: "click" },
        {
            content: "the name of the other card",
            trigger: "[name='field_ids'] .o_data_row:contains(TOUR-MERGE) button[name='action_switch']",
            run: "click",
        },
        {
            trigger:
                "[name='field_ids'] .o_data_row:contains(TOUR-MERGE) [name='other_text'].fw-bold",
        },
        { trigger: ".o_notebook .nav-link[name='tables']", run: "click" },
        {
            content: "every table is listed",
            trigger: "[name='table_ids'] .o_data_cell:contains(res_partner_bank)",
        },
        { trigger: "button[name='action_merge']", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: at("merged") },
        { trigger: "button[name='action_preview_unmerge']", run: "click" },
        {
            content: "what would come back",
            trigger: "[name='undo_text']:visible:not(:empty), .o_notebook .nav-link[name='result']",
        },
        { trigger: "button[name='action_unmerge']", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: at("unmerged") },
    ],
});
