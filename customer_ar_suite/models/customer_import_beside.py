from odoo import models

from ..engine.customer_file.fields import GROUP_OF, parted
from ..engine.customer_file.plan import entry_changes, find_entry, is_kept
from .customer_import_existing import CHILD_TYPES, PARTS


class CustomerImportBatch(models.Model):
    """Contacts, addresses and bank accounts of the customers of a file.

    Known ones get what is new about them, the others are created, all of a chunk at once.
    """

    _inherit = "customer.import.batch"

    def _apply_beside(self, pairs, lookup):
        """Write what stands beside the customers of ``pairs``: (row, values, only adds).

        :return: {row id: [[model, id, was created, before, after]]}
        """
        entries = [
            (row, group, entry, adds)
            for row, values, adds in pairs
            for group, entry in _entries(values)
            if is_kept(group, entry)
        ]
        if not entries:
            return {}
        partners = self._partners().browse(
            {row.partner_id.id for row, *_rest in entries if row.choice != "create"}
        )
        done = {}
        self._apply_children(
            [one for one in entries if one[1] in CHILD_TYPES], partners, lookup, done
        )
        self._apply_accounts(
            [one for one in entries if one[1] == "bank"], partners, done
        )
        return done

    def _apply_children(self, entries, partners, lookup, done):
        there = self._read_children(partners) if partners else {}
        missing = []
        for row, group, entry, adds in entries:
            held = there.setdefault((row.partner_id.id, group), [])
            place = find_entry(group, entry, [known for _child, known in held])
            if place is None:
                missing.append((row, group, entry))
                held.append((None, entry))  # twice in one row is one contact
                continue
            child, known = held[place]
            changed = entry_changes(group, entry, known)
            if adds:
                changed = {
                    code: new for code, new in changed.items() if not known.get(code)
                }
            if child and changed:
                self._update_child(row, child, _part_vals(group, changed, lookup), done)
        children = self._writer().create(
            [
                {
                    "parent_id": row.partner_id.id,
                    "type": group,
                    "lang": row.partner_id.lang,
                    **_part_vals(group, entry, lookup),
                }
                for row, group, entry in missing
            ]
        )
        for (row, _group, _entry), child in zip(missing, children, strict=True):
            self._note_created(row, child, done)

    def _update_child(self, row, child, vals, done):
        child = self._writer().browse(child.id)
        before = {name: self._plain_value(child, name) for name in vals}
        child._ar_write_guarded(vals)
        image = self._image(child, before)
        if image["before"]:
            done.setdefault(row.id, []).append(
                ["res.partner", child.id, False, image["before"], image["after"]]
            )

    def _note_created(self, row, record, done):
        after = {name: v for name, v in self._beside_image(record).items() if v}
        done.setdefault(row.id, []).append([record._name, record.id, True, {}, after])

    def _beside_image(self, record):
        """The values by which it is seen whether somebody changed what an import made.

        What follows the customer by itself tells nothing: the name of the holder of his
        account, the address of his contact persons.
        """
        if record._name == "res.partner.bank":
            names = ("acc_number", "bank_id", "acc_holder_name", "active")
        elif record.type == "contact":
            names = ("name", "function", "email", "phone", "active")
        else:
            names = (*PARTS.values(), "active")
        image = {name: self._plain_value(record, name) for name in names}
        if "acc_holder_name" in image and (
            image["acc_holder_name"] == record.partner_id.name
        ):
            image["acc_holder_name"] = False
        return image

    def _apply_accounts(self, entries, partners, done):
        there = self._read_accounts(partners) if partners else {}
        missing = []
        for row, group, entry, _adds in entries:
            held = there.setdefault(row.partner_id.id, [])
            if find_entry(group, entry, [known for _bank, known in held]) is None:
                held.append((None, entry))
                missing.append((row, entry))
        banks = self._banks([entry for _row, entry in missing])
        accounts = self.env["res.partner.bank"].create(
            [
                {
                    "partner_id": row.partner_id.id,
                    "acc_number": entry["bank_account"],
                    "bank_id": banks.get(_bank_key(entry)),
                    **(
                        {"acc_holder_name": entry["bank_holder"]}
                        if entry.get("bank_holder")
                        else {}
                    ),
                }
                for row, entry in missing
            ]
        )
        for (row, _entry), account in zip(missing, accounts, strict=True):
            self._note_created(row, account, done)

    def _banks(self, rows):
        """Banks by their name and identifier code; the missing ones are created."""
        keys = {_bank_key(values) for values in rows} - {("", "")}
        if not keys:
            return {}
        banks = self.env["res.bank"].search(
            [
                "|",
                ("name", "in", [name for name, _bic in keys if name]),
                ("bic", "in", [bic for _name, bic in keys if bic]),
            ]
        )
        by_name = {bank.name: bank.id for bank in banks}
        by_bic = {bank.bic: bank.id for bank in banks if bank.bic}
        found = {key: by_bic.get(key[1]) or by_name.get(key[0]) for key in keys}
        missing = sorted(key for key in keys if not found[key])
        # two workers on one file must not both make the same bank
        # sudo: claims are the import's own
        self.env["customer.import.claim"].sudo()._claim(
            self.company_id, {f"bank:{name}:{bic}" for name, bic in missing}
        )
        created = self.env["res.bank"].create(
            [{"name": name or bic, "bic": bic or False} for name, bic in missing]
        )
        return found | dict(zip(missing, created.ids, strict=True))


def _entries(values):
    """(group, entry) of a row's values, in the order of their numbers."""
    found = {}
    for key, value in values.items():
        code, number = parted(key)
        if group := GROUP_OF.get(code):
            found.setdefault((group, number), {})[code] = value
    return [(group, entry) for (group, _number), entry in sorted(found.items())]


def _part_vals(group, entry, lookup):
    """Values of a contact person or an address as values of a partner."""
    vals = {}
    for code, value in entry.items():
        name = PARTS[code.removeprefix(f"{group}_")]
        vals[name] = lookup["country"][value] if name == "country_id" else value
    return vals


def _bank_key(values):
    return values.get("bank_name", ""), values.get("bank_bic", "")
