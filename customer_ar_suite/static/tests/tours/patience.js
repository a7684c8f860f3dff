/* A step may take a minute: a machine that tests many things at once is slow. */
import { registry } from "@web/core/registry";

const SUITE = /^(customer_ar_suite|ar_|customer_)/;
const TIMEOUT = 60000;

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
