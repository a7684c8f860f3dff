/* Steps that several tours take. */
const MODULE = "customer_ar_suite";

/** Choose an item of a menu of the suite, both by their external ids. */
export function openMenu(section, item) {
    return [
        {
            content: `open the menu ${section}`,
            trigger: `.o_menu_sections [data-menu-xmlid='${MODULE}.${section}']`,
            run: "click",
        },
        {
            content: `choose ${item}`,
            trigger: `.o-dropdown--menu [data-menu-xmlid='${MODULE}.${item}']`,
            run: "click",
        },
    ];
}

/** From anywhere into the suite. */
export const openApp = [
    { trigger: ".o_navbar_apps_menu button", run: "click" },
    { trigger: `[data-menu-xmlid='${MODULE}.customer_ar_suite_menu_root']`, run: "click" },
];
