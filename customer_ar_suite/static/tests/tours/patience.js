/* A step may take a minute: a machine that tests many things at once is slow.
 *
 * And who waits leaves the machine to those who work: Odoo looks for what a step needs at each
 * frame, and has the browser draw sixty frames a second for it.
 */
import { registry } from "@web/core/registry";
import { delay } from "@web/core/utils/concurrency";
import { patch } from "@web/core/utils/patch";
import { TourStepAutomatic } from "@web_tour/js/tour_automatic/tour_step_automatic";

const SUITE = /^(customer_ar_suite|ar_|customer_)/;
const TIMEOUT = 60000;
const PAUSE = 40;

patch(TourStepAutomatic.prototype, {
    findTrigger() {
        return super.findTrigger() || this.waitForTrigger();
    },
    /** Until the step's own time is over: then the tour fails, and its page is closed. */
    async waitForTrigger() {
        for (;;) {
            await delay(PAUSE);
            const found = super.findTrigger();
            if (found) {
                return found;
            }
        }
    },
});

function bePatient(name, tour) {
    if (tour && SUITE.test(name)) {
        const steps = tour.steps;
        tour.steps = () => steps().map((step) => ({ timeout: TIMEOUT, ...step }));
    }
}

const tours = registry.category("web_tour.tours");
for (const [name, tour] of tours.getEntries()) {
    bePatient(name, tour);
}
tours.addEventListener("UPDATE", ({ detail: { operation, key, value } }) => {
    if (operation === "add") {
        bePatient(key, value);
    }
});
