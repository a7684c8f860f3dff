import { Component, onMounted, onPatched, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const SCHEME = cookie.get("color_scheme");
const TEXT = getCustomColor(SCHEME, "#374151", "#E4E4E4");
const GRID = getCustomColor(SCHEME, "rgba(0,0,0,.08)", "rgba(255,255,255,.15)");
const PAPER = getCustomColor(SCHEME, "#ffffff", "#262A36");
const LATE = "#CE4257";
const CALM = "#43C5B1";
const PALE = getCustomColor(SCHEME, "#D1D5DB", "#4B5563");
/** Room around the charts of a picture, and its width in points. */
const GAP = 24;
const PICTURE = 1280;

/** Customers by category: figures, charts, and the way to what is behind them. */
export class CategoryDashboard extends Component {
    static template = "customer_ar_suite.CategoryDashboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("charts");
        this.state = useState({ choices: null, options: {}, data: null, busy: false, fault: "" });
        this.charts = {};
        this.drawn = null;
        useSetupAction({ getLocalState: () => ({ options: { ...this.state.options } }) });
        onWillStart(async () => {
            const [choices] = await Promise.all([
                this.call("get_choices"),
                loadBundle("web.chartjs_lib"),
            ]);
            this.state.choices = choices;
            this.state.options = { ...choices.defaults, ...this.kept };
            await this.load();
        });
        onMounted(() => this.draw());
        onPatched(() => this.draw());
        onWillUnmount(() => this.clear());
    }

    /** What was chosen before somebody opened a figure and came back. */
    get kept() {
        return this.props.state?.options || {};
    }

    call(method, ...args) {
        return this.orm.call("customer.category.dashboard", method, args);
    }

    async load() {
        if (!this.state.options.dimension_id) {
            return;
        }
        const { period, date_from, date_to } = this.state.options;
        if (period === "custom" && !(date_from && date_to)) {
            return;
        }
        this.state.busy = true;
        try {
            this.state.data = await this.call("get_data", this.state.options);
        } finally {
            this.state.busy = false;
        }
    }

    async choose(name, value) {
        this.state.options[name] = value;
        await this.load();
    }

    chooseId(name, text) {
        return this.choose(name, Number(text) || false);
    }

    // -- figures ---------------------------------------------------------------------------

    get columns() {
        const columns = [["count", _t("Customers")]];
        if (!this.state.data.has_money) {
            return columns;
        }
        return [
            ...columns,
            ["revenue_amount", _t("Revenue")],
            ["margin_amount", _t("Margin")],
            ["receivable_amount", _t("Receivable")],
            ["overdue_amount", _t("Overdue")],
            ["exposure_amount", _t("Exposure")],
        ];
    }

    get ratios() {
        return [
            ["growth", _t("Growth (%)")],
            ["margin_rate", _t("Margin (%)")],
            ["overdue_share", _t("Overdue (%)")],
            ["limit_use", _t("Limit Used (%)")],
            ["dso", _t("DSO (Days)")],
        ];
    }

    get tiles() {
        const { total, has_money } = this.state.data;
        const tiles = [{ figure: "count", label: _t("Customers"), value: total.count }];
        if (!has_money) {
            return tiles;
        }
        const note = (name, text) =>
            total[name] === null || total[name] === undefined ? "" : text(this.ratio(total[name]));
        return [
            ...tiles,
            this.tile("revenue_amount", _t("Revenue"), note("growth", (n) => _t("%s %% against before", n))),
            this.tile("margin_amount", _t("Margin"), note("margin_rate", (n) => _t("%s %% of sales", n))),
            this.tile("receivable_amount", _t("Receivable"), note("dso", (n) => _t("DSO %s days", n))),
            this.tile("overdue_amount", _t("Overdue"), note("overdue_share", (n) => _t("%s %% of receivables", n)), total.overdue_amount > 0),
            this.tile("exposure_amount", _t("Exposure"), note("limit_use", (n) => _t("%s %% of the limits", n))),
        ];
    }

    tile(figure, label, note, isLate = false) {
        return { figure, label, note, isLate, value: this.short(this.state.data.total[figure]) };
    }

    money(amount) {
        return formatMonetary(amount || 0, { currencyId: this.state.data.currency_id });
    }

    /** For narrow places: 1.2M. */
    short(amount) {
        return formatMonetary(amount || 0, {
            currencyId: this.state.data.currency_id,
            humanReadable: true,
            digits: [16, 1],
        });
    }

    ratio(number) {
        return number === null || number === undefined ? "–" : formatFloat(number, { digits: [16, 1] });
    }

    cell(row, figure) {
        return figure === "count" ? row.count : this.money(row[figure]);
    }

    width(row) {
        return `width: ${Math.min(100, Math.max(0, row.limit_use || 0))}%`;
    }

    // -- drill-down, export ----------------------------------------------------------------

    async open(categoryId, figure) {
        this.action.doAction(await this.call("action_open", this.state.options, categoryId, figure));
    }

    async pivot() {
        this.action.doAction(await this.call("action_pivot", this.state.options));
    }

    async download(fileType) {
        this.action.doAction(await this.call("action_download", this.state.options, fileType));
    }

    /** All charts on one picture; the server says whether it may leave the system. */
    async picture() {
        const { name } = await this.call("action_picture", this.state.options);
        const canvases = [...this.root.el.querySelectorAll("canvas")];
        const titles = canvases.map((canvas) => canvas.closest(".o_ar_chart").dataset.title);
        const scale = (canvas) => (PICTURE - 2 * GAP) / canvas.width;
        const heights = canvases.map((canvas) => canvas.height * scale(canvas));
        const sheet = document.createElement("canvas");
        sheet.width = PICTURE;
        sheet.height = heights.reduce((sum, height) => sum + height + 3 * GAP, 4 * GAP);
        const context = sheet.getContext("2d");
        context.fillStyle = PAPER;
        context.fillRect(0, 0, sheet.width, sheet.height);
        context.fillStyle = TEXT;
        context.font = "bold 24px sans-serif";
        const { dimension, period } = this.state.data;
        context.fillText(`${dimension}, ${period}`, GAP, 2 * GAP);
        let top = 4 * GAP;
        canvases.forEach((canvas, index) => {
            context.font = "bold 18px sans-serif";
            context.fillText(titles[index], GAP, top);
            context.drawImage(canvas, GAP, top + GAP / 2, PICTURE - 2 * GAP, heights[index]);
            top += heights[index] + 3 * GAP;
        });
        const link = document.createElement("a");
        link.href = sheet.toDataURL("image/png");
        link.download = name;
        link.click();
    }

    // -- charts ----------------------------------------------------------------------------

    clear() {
        Object.values(this.charts).forEach((chart) => chart.destroy());
        this.charts = {};
    }

    draw() {
        const { data } = this.state;
        if (!data || this.drawn === data || !this.root.el) {
            return;
        }
        this.drawn = data;
        this.clear();
        const names = data.rows.map((row) => row.name);
        this.chart("share", this.shareConfig(data, names));
        if (!data.has_money) {
            return;
        }
        this.chart("revenue", this.barConfig(data, names, [
            [_t("Period Before"), "before_revenue_amount", PALE],
            [_t("This Period"), "revenue_amount", getColor(0, SCHEME, "sm")],
        ]));
        const notDue = data.rows.map((row) => (row.receivable_amount || 0) - (row.overdue_amount || 0));
        this.chart("receivable", {
            type: "bar",
            data: {
                labels: names,
                datasets: [
                    { label: _t("Not Overdue"), data: notDue, backgroundColor: CALM },
                    { label: _t("Overdue"), data: data.rows.map((row) => row.overdue_amount || 0), backgroundColor: LATE },
                ],
            },
            options: this.options({ stacked: true, figures: ["receivable_amount", "overdue_amount"] }),
        });
        this.chart("trend", {
            type: "line",
            data: {
                labels: data.trend.months,
                datasets: data.trend.lines.map((line, index) => ({
                    label: line.name,
                    data: line.amounts,
                    borderColor: getColor(index, SCHEME, "sm"),
                    backgroundColor: getColor(index, SCHEME, "sm"),
                    tension: 0.3,
                    pointRadius: 2,
                })),
            },
            options: this.options({}),
        });
        if (data.grades) {
            this.chart("grades", this.gradeConfig(data, names));
        }
    }

    chart(name, config) {
        const canvas = this.root.el.querySelector(`canvas[data-chart=${name}]`);
        if (canvas) {
            this.charts[name] = new Chart(canvas, config);
        }
    }

    shareConfig(data, names) {
        return {
            type: "doughnut",
            data: {
                labels: names,
                datasets: [{
                    data: data.rows.map((row) => row.count),
                    backgroundColor: data.rows.map((row, index) => getColor(index, SCHEME, data.rows.length)),
                    borderColor: PAPER,
                }],
            },
            options: {
                ...this.options({}),
                scales: {},
                cutout: "60%",
                onClick: (ev, found) => found.length && this.open(data.rows[found[0].index].id, "count"),
                plugins: { legend: { position: "right", labels: { color: TEXT, boxWidth: 12 } } },
            },
        };
    }

    barConfig(data, names, series) {
        return {
            type: "bar",
            data: {
                labels: names,
                datasets: series.map(([label, figure, color]) => ({
                    label,
                    data: data.rows.map((row) => row[figure] || 0),
                    backgroundColor: color,
                })),
            },
            options: this.options({ figures: series.map(([, figure]) => figure) }),
        };
    }

    gradeConfig(data, names) {
        const { names: grades, counts } = data.grades;
        return {
            type: "bar",
            data: {
                labels: names,
                datasets: grades.map((grade, index) => ({
                    label: grade,
                    data: data.rows.map((row) => (counts[row.id] || {})[grade] || 0),
                    backgroundColor: getColor(index, SCHEME, "sm"),
                })),
            },
            options: this.options({ stacked: true, plain: true }),
        };
    }

    options({ stacked = false, figures = [], plain = false }) {
        const text = (value) => (plain ? value : this.short(value));
        return {
            animation: false,
            maintainAspectRatio: false,
            onClick: (ev, found) => {
                const figure = found.length && figures[found[0].datasetIndex];
                if (figure) {
                    this.open(this.state.data.rows[found[0].index].id, figure);
                }
            },
            scales: {
                x: { stacked, grid: { display: false }, ticks: { color: TEXT } },
                y: { stacked, grid: { color: GRID }, ticks: { color: TEXT, callback: text } },
            },
            plugins: {
                legend: { position: "bottom", labels: { color: TEXT, boxWidth: 12 } },
                tooltip: {
                    callbacks: {
                        label: (item) =>
                            `${item.dataset.label}: ${plain ? item.raw : this.money(item.raw)}`,
                    },
                },
            },
        };
    }
}

registry.category("actions").add("customer_ar_suite.category_dashboard", CategoryDashboard);
