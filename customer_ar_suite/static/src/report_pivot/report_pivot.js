import { registry } from "@web/core/registry";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";

/** A figure opens what it consists of: the rows of the group that have a share in it. */
export class ReportPivotRenderer extends PivotRenderer {
    async onOpenView(cell, newWindow) {
        const measure = cell.measure;
        const { resModel, fields } = this.model.metaData;
        if (cell.value === undefined || fields[measure]?.type !== "monetary") {
            return super.onOpenView(cell, newWindow);
        }
        const group = { rowValues: cell.groupId[0], colValues: cell.groupId[1] };
        const action = await this.env.services.orm.call(
            resModel,
            "get_cell_action",
            [this.model.getGroupDomain(group), measure],
            { context: this.model.searchParams.context }
        );
        this.actionService.doAction(action, { newWindow });
    }
}

registry.category("views").add("ar_report_pivot", {
    ...pivotView,
    Renderer: ReportPivotRenderer,
});
