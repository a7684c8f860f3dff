import { _t } from "@web/core/l10n/translation";
import { Component, onWillStart, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useService } from "@web/core/utils/hooks";

const FIELDS = ["run_state", "progress", "total_count", "done_count", "error_count"];
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 8000;

/**
 * Progress bar of a run (any model with `ar.run.mixin`): asks while the run is running and
 * reloads the form when it has ended, so that nobody has to press F5.
 */
export class RunProgress extends Component {
    static template = "customer_ar_suite.RunProgress";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ values: {} });
        this.pause = FIRST_PAUSE;
        onWillStart(() => this.poll());
        useEffect(
            () => {
                if (this.recordState === "running") {
                    this.schedule();
                }
            },
            () => [this.props.record.resId, this.recordState]
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get recordState() {
        return this.props.record.data.run_state;
    }

    get percent() {
        return Math.floor(this.state.values.progress || 0);
    }

    get isRunning() {
        return this.state.values.run_state === "running";
    }

    get text() {
        const { total_count = 0, done_count = 0, error_count = 0 } = this.state.values;
        const counts = { total: total_count, done: done_count, failed: error_count };
        if (this.isRunning) {
            return _t("%(done)s of %(total)s done, %(failed)s failed", counts);
        }
        counts.left = total_count - done_count - error_count;
        return _t("%(done)s done, %(left)s left out, %(failed)s failed", counts);
    }

    schedule() {
        clearTimeout(this.timer);
        this.timer = setTimeout(async () => {
            await this.poll();
            if (this.isRunning) {
                // a long run is asked less and less often
                this.pause = Math.min(this.pause * 1.5, LONGEST_PAUSE);
                this.schedule();
            } else {
                this.pause = FIRST_PAUSE;
                await this.props.record.load();
            }
        }, this.pause);
    }

    async poll() {
        const { resModel, resId } = this.props.record;
        if (resId) {
            const [values] = await this.orm.silent.read(resModel, [resId], FIELDS);
            Object.assign(this.state.values, values);
        }
    }
}

export const runProgress = {
    component: RunProgress,
    displayName: _t("Progress of a Run"),
    supportedTypes: ["float"],
    fieldDependencies: [{ name: "run_state", type: "selection" }],
};

registry.category("fields").add("ar_run_progress", runProgress);
