import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FileUploader } from "@web/views/fields/file_handler";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The source documents of a guided entry, beside the form: one is shown, with its text where
 * it has any. Below the form on narrow screens.
 */
export class EntryDocuments extends Component {
    static template = "customer_ar_suite.EntryDocuments";
    static components = { FileUploader };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ id: false, zoom: 1, text: false });
        onWillUpdateProps(() => {
            if (!this.documents.some((one) => one.id === this.state.id)) {
                this.state.id = false;
                this.state.text = false;
            }
        });
    }

    get documents() {
        return this.props.record.data[this.props.name].records.map((record) => ({
            ...record.data,
            id: record.resId,
        }));
    }

    get shown() {
        const documents = this.documents;
        return documents.find((one) => one.id === this.state.id) || documents[0];
    }

    get isOpen() {
        const { state, may_work } = this.props.record.data;
        return may_work && ["prepare", "verify", "enter"].includes(state);
    }

    get isPdf() {
        return this.shown.mimetype === "application/pdf";
    }

    get canRead() {
        return this.isOpen && this.shown.read_by !== "pdf" && this.shown.read_by !== "ocr";
    }

    get url() {
        const file = `/web/content/customer.entry.document/${this.shown.id}/file`;
        return this.isPdf
            ? `/web/static/lib/pdfjs/web/viewer.html?file=${encodeURIComponent(file)}#pagemode=none`
            : file;
    }

    show(id) {
        Object.assign(this.state, { id, text: false, zoom: 1 });
    }

    zoom(factor) {
        this.state.zoom = Math.min(4, Math.max(0.5, this.state.zoom * factor));
    }

    async add({ name, data }) {
        const { record } = this.props;
        if (!record.resId || (await record.isDirty())) {
            if (!(await record.save())) {
                return;
            }
        }
        const id = await this.orm.call("customer.entry", "add_document", [
            [record.resId],
            name,
            data,
        ]);
        await record.load();
        this.show(id);
    }

    async call(method) {
        const { record } = this.props;
        if (await record.isDirty()) {
            await record.save();
        }
        await this.orm.call("customer.entry.document", method, [[this.shown.id]]);
        await record.load();
    }

    async toggleText() {
        if (this.state.text) {
            this.state.text = false;
            return;
        }
        const [read] = await this.orm.read("customer.entry.document", [this.shown.id], ["text"]);
        this.state.text = read.text || _t("This document has no text that could be read.");
    }
}

export const entryDocuments = {
    component: EntryDocuments,
    displayName: _t("Source Documents Beside the Form"),
    supportedTypes: ["one2many"],
    isEmpty: () => false,
    relatedFields: [
        { name: "name", type: "char" },
        { name: "mimetype", type: "char" },
        { name: "read_by", type: "char" },
        { name: "trouble_text", type: "char" },
    ],
};

registry.category("fields").add("ar_documents", entryDocuments);
