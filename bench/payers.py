"""How customers really pay: open items, bank lines, and the truth of what each line pays.

Written before the matcher was tuned and kept apart from it: nothing of the addon is imported
here, and the addon imports nothing from here. Everything follows from the seed. Amounts are
minor units.

A bank line belongs to one behaviour (:data:`BEHAVIOURS`). ``paid`` is what it pays: item →
amount settled, deductions included; empty means that nobody could know from what the bank
says, or that nothing of ours is paid. ``twins`` are items (or lines) that fit exactly as well:
whoever accepts one of them by machine has guessed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

TODAY = date(2026, 6, 30)
CURRENCIES = ("EUR", "USD")


class Customer(NamedTuple):
    """Who may pay: from the books."""

    id: int
    name: str
    tax_id: str
    account: str  #: known to the books; empty: not
    is_chinese: bool


class Item(NamedTuple):
    """An open invoice (or credit note, below zero)."""

    id: int
    customer_id: int
    number: str
    reference: str  #: the customer's order number
    currency: str
    amount: int
    date: date
    due: date
    discount: int  #: allowed until ``discount_until``
    discount_until: date | None


@dataclass
class Line:
    """What the bank says, and the truth."""

    id: int
    behaviour: str
    date: date
    currency: str
    amount: int
    text: str
    payer_name: str = ""
    payer_account: str = ""
    paid: dict[int, int] = field(default_factory=dict)
    customer_id: int = 0
    is_guess: bool = False  #: several solutions fit: nobody may be sure
    advice: tuple[tuple[str, int], ...] = ()  #: remittance advice: number, amount


class World(NamedTuple):
    """Everything of one seed."""

    customers: list[Customer]
    items: list[Item]
    lines: list[Line]


_HEADS = [
    "Northwind",
    "Acme",
    "Globex",
    "Initech",
    "Umbrella",
    "Stark",
    "Wayne",
    "Wonka",
    "Hooli",
    "Vandelay",
    "Soylent",
    "Tyrell",
    "Cyberdyne",
    "Aperture",
    "Massive",
    "Oceanic",
    "Virtucon",
    "Gringotts",
    "Monsters",
    "Krusty",
    "Bluth",
    "Dunder",
    "Müller",
    "Schmidt",
    "Becker",
    "Hoffmann",
    "Visser",
    "Jansen",
    "Bakker",
    "Rossi",
    "Bianchi",
    "Dubois",
    "Moreau",
    "Garcia",
]
_TRADES = [
    "Trading",
    "Steel",
    "Foods",
    "Logistics",
    "Textiles",
    "Optics",
    "Chemicals",
    "Pharma",
    "Energy",
    "Papers",
    "Tools",
    "Plastics",
    "Glass",
    "Ceramics",
    "Robotics",
    "Freight",
    "Components",
    "Furniture",
    "Marine",
    "Aviation",
]
_FORMS = ("Ltd", "GmbH", "B.V.", "Inc.", "S.r.l.", "AG", "LLC", "SA")
_CITIES = [
    "上海",
    "北京",
    "深圳",
    "广州",
    "杭州",
    "苏州",
    "南京",
    "成都",
    "武汉",
    "宁波",
    "青岛",
    "厦门",
]
_BRANDS = [
    "华兴",
    "鼎盛",
    "永泰",
    "金桥",
    "天成",
    "恒达",
    "瑞丰",
    "海润",
    "中意",
    "东方",
    "光明",
    "万和",
    "顺达",
    "德邦",
]
_KINDS = [
    "贸易",
    "电子",
    "机械",
    "化工",
    "纺织",
    "科技",
    "物流",
    "食品",
    "医药",
    "建材",
]
_FILLERS = (
    "payment", "pmt", "invoice", "inv", "Rechnung", "RG", "factuur", "bill", "wire transfer",
    "SEPA", "thanks", "ref", "货款", "付款", "材料款", "往来款",
)  # fmt: skip
_NOISE = (
    "2026", "tel 020 5551234", "30.06.2026", "batch 17", "/RFB/", "EREF+NOTPROVIDED",
    "contract 2025-11", "第3批", "KD 88", "",
)  # fmt: skip


class Maker:
    """Makes one world; the state of the random numbers and of what is left to pay."""

    def __init__(self, seed: int, customers: int, per_customer: int) -> None:
        self.random = random.Random(seed)
        self.customers = [self._customer(i + 1) for i in range(customers)]
        self.items: list[Item] = []
        self.left: dict[int, list[Item]] = {}
        self.number = 0
        for customer in self.customers:
            count = max(1, round(self.random.gauss(per_customer, per_customer / 2)))
            self.left[customer.id] = []
            for _ in range(count):
                self._add_item(customer)
        self.lines: list[Line] = []

    # -- master data ------------------------------------------------------------------------

    def _customer(self, number: int) -> Customer:
        rnd = self.random
        chinese = rnd.random() < 0.35
        if chinese:
            name = (
                f"{rnd.choice(_CITIES)}{rnd.choice(_BRANDS)}{rnd.choice(_BRANDS)}"
                f"{rnd.choice(_KINDS)}有限公司"
            )
            tax_id = f"9133{rnd.randrange(10**13):013d}X"
        else:
            name = (
                f"{rnd.choice(_HEADS)} {rnd.choice(_HEADS)} {rnd.choice(_TRADES)} "
                f"{rnd.choice(_FORMS)}"
            )
            tax_id = f"NL{rnd.randrange(10**9):09d}B01"
        account = f"{'62' if chinese else 'NL'}{rnd.randrange(10**16):016d}"
        known = account if rnd.random() < 0.6 else ""
        return Customer(number, name, tax_id, known, chinese)

    def _amount(self) -> int:
        rnd = self.random
        if rnd.random() < 0.25:
            return rnd.choice((50_000, 100_000, 120_000, 250_000, 500_000, 1_000_000))
        return int(rnd.lognormvariate(11.5, 1.2)) + 500

    def _add_item(self, customer: Customer, amount: int | None = None) -> Item:
        rnd = self.random
        self.number += rnd.choice((1, 1, 1, 2))
        day = TODAY - timedelta(days=rnd.randrange(1, 150))
        amount = self._amount() if amount is None else amount
        credit = amount > 0 and rnd.random() < 0.05
        has_discount = not credit and rnd.random() < 0.2
        kind = "RINV" if credit else "INV"
        item = Item(
            len(self.items) + 1,
            customer.id,
            f"{kind}/{day.year}/{self.number:05d}",
            f"PO-{rnd.randrange(10**6):06d}" if rnd.random() < 0.5 else "",
            CURRENCIES[rnd.random() < 0.12],
            -abs(amount) // 10 if credit else amount,
            day,
            day + timedelta(days=30),
            round(amount * 0.02) if has_discount else 0,
            day + timedelta(days=14) if has_discount else None,
        )
        self.items.append(item)
        if item.amount > 0:
            self.left[customer.id].append(item)
        return item

    # -- what is left to pay ----------------------------------------------------------------

    def take(self, count: int = 1, wanted: Callable[[Item], bool] | None = None):
        """Some open items of one customer, of one currency, or nothing."""
        rnd = self.random
        for _ in range(30):
            customer = rnd.choice(self.customers)
            pool = [i for i in self.left[customer.id] if not wanted or wanted(i)]
            if not pool:
                continue
            first = rnd.choice(pool)
            same = [i for i in pool if i.currency == first.currency and i != first]
            if len(same) < count - 1:
                continue
            chosen = [first, *rnd.sample(same, count - 1)]
            for item in chosen:
                self.left[customer.id].remove(item)
            return customer, chosen
        return None

    def others(self, item: Item) -> list[Item]:
        """What else the customer has open in that currency."""
        return [
            i for i in self.left[item.customer_id]
            if i.currency == item.currency and i.id != item.id
        ]  # fmt: skip

    # -- how it is written ------------------------------------------------------------------

    def written(self, number: str) -> str:
        """A number as payers write it."""
        rnd = self.random
        kind, year, serial = number.split("/")
        return rnd.choice(
            (
                number, number, number, f"{kind}{year}{serial}", f"{kind}-{year}-{serial}",
                f"{kind} {year} {serial}", f"{kind}/{year}/{int(serial)}", number.lower(),
                f"{year}/{serial}", f"{kind}.{year}.{serial}",
            )
        )  # fmt: skip

    def noisy(self, *words: str) -> str:
        """The words in the middle of what else stands there."""
        rnd = self.random
        around = [rnd.choice(_FILLERS), *words]
        if rnd.random() < 0.4:
            around.append(rnd.choice(_NOISE))
        if rnd.random() < 0.2:
            around.insert(0, rnd.choice(_NOISE))
        return " ".join(word for word in around if word)

    def payer(self, customer: Customer) -> tuple[str, str]:
        """Name and account as the bank gives them."""
        rnd = self.random
        name = customer.name
        style = rnd.random()
        if style < 0.15:
            name = name[: rnd.choice((18, 22, 27))]
        elif style < 0.3:
            name = name.upper()
        elif style < 0.4:
            name = ""
        account = customer.account or f"XX{rnd.randrange(10**14):014d}"
        return name, account if rnd.random() < 0.85 else ""

    def line(
        self, behaviour: str, customer: Customer, items: list[Item], amount: int,
        text: str, paid: dict[int, int], **values: object,
    ) -> Line:  # fmt: skip
        name, account = self.payer(customer)
        day = max(item.date for item in items) + timedelta(
            days=self.random.randrange(1, 40)
        )
        line = Line(
            len(self.lines) + 1, behaviour, min(day, TODAY), items[0].currency, amount, text,
            name, account, paid, customer.id,
        )  # fmt: skip
        for key, value in values.items():
            setattr(line, key, value)
        self.lines.append(line)
        return line


Behaviour = Callable[[Maker], Line | None]
BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(run: Behaviour) -> Behaviour:
    """Register one way to pay under its name."""
    BEHAVIOURS[run.__name__] = run
    return run


def _whole(items: list[Item]) -> dict[int, int]:
    return {item.id: item.amount for item in items}


def _total(items: list[Item]) -> int:
    return sum(item.amount for item in items)


@behaviour
def quotes_number(make: Maker) -> Line | None:
    if not (found := make.take()):
        return None
    customer, [item] = found
    text = make.noisy(make.written(item.number))
    return make.line(
        "quotes_number", customer, [item], item.amount, text, _whole([item])
    )


@behaviour
def quotes_several(make: Maker) -> Line | None:
    if not (found := make.take(make.random.choice((2, 2, 3, 4, 6)))):
        return None
    customer, items = found
    sep = make.random.choice((", ", " ", " + ", ";", "、"))
    text = make.noisy(sep.join(make.written(item.number) for item in items))
    return make.line(
        "quotes_several", customer, items, _total(items), text, _whole(items)
    )


@behaviour
def quotes_order(make: Maker) -> Line | None:
    if not (found := make.take(1, lambda item: bool(item.reference))):
        return None
    customer, [item] = found
    text = make.noisy(item.reference)
    return make.line(
        "quotes_order", customer, [item], item.amount, text, _whole([item])
    )


@behaviour
def silent_exact(make: Maker) -> Line | None:
    """Says nothing; the amount is that of one item, if no other of his has it."""
    if not (found := make.take()):
        return None
    customer, [item] = found
    same = any(other.amount == item.amount for other in make.others(item))
    return make.line(
        "silent_exact", customer, [item], item.amount, make.noisy(), _whole([item]),
        is_guess=same,
    )  # fmt: skip


@behaviour
def silent_combination(make: Maker) -> Line | None:
    if not (found := make.take(make.random.choice((2, 2, 3, 4)))):
        return None
    customer, items = found
    return make.line(
        "silent_combination",
        customer,
        items,
        _total(items),
        make.noisy(),
        _whole(items),
    )


@behaviour
def pays_everything(make: Maker) -> Line | None:
    if not (found := make.take()):
        return None
    customer, [item] = found
    items = [item, *make.others(item)]
    for other in items[1:]:
        make.left[customer.id].remove(other)
    return make.line(
        "pays_everything", customer, items, _total(items), make.noisy(), _whole(items)
    )


@behaviour
def third_party(make: Maker) -> Line | None:
    """Somebody else pays and quotes the number."""
    if not (found := make.take()):
        return None
    customer, [item] = found
    text = make.noisy(make.written(item.number))
    return make.line(
        "third_party", customer, [item], item.amount, text, _whole([item]),
        payer_name=f"Treasury {make.random.randrange(999)} Services", payer_account="",
    )  # fmt: skip


@behaviour
def stranger(make: Maker) -> Line | None:
    """Nobody we know, nothing we sold; the amount may be somebody's by accident."""
    customer = make.random.choice(make.customers)
    if not make.left[customer.id]:
        return None
    item = make.random.choice(make.left[customer.id])
    accident = make.random.random() < 0.3
    amount = item.amount if accident else make._amount()
    return make.line(
        "stranger", customer, [item], amount, make.noisy("deposit"), {},
        payer_name=f"Holding {make.random.randrange(9999)} Partners", payer_account="",
        customer_id=0, is_guess=True,
    )  # fmt: skip


@behaviour
def takes_discount(make: Maker) -> Line | None:
    if not (found := make.take(1, lambda item: item.discount > 0)):
        return None
    customer, [item] = found
    text = make.noisy(make.written(item.number)) if make.random.random() < 0.7 else ""
    line = make.line(
        "takes_discount", customer, [item], item.amount - item.discount,
        text or make.noisy(), _whole([item]),
    )  # fmt: skip
    assert item.discount_until
    line.date = item.discount_until - timedelta(days=make.random.randrange(0, 10))
    return line


@behaviour
def discount_too_late(make: Maker) -> Line | None:
    """Takes the discount after its day: short, and nothing to be granted by machine."""
    if not (found := make.take(1, lambda item: item.discount > 0)):
        return None
    customer, [item] = found
    line = make.line(
        "discount_too_late", customer, [item], item.amount - item.discount,
        make.noisy(make.written(item.number)), {item.id: item.amount - item.discount},
    )  # fmt: skip
    assert item.discount_until
    line.date = item.discount_until + timedelta(days=make.random.randrange(8, 40))
    return line


@behaviour
def bank_charge(make: Maker) -> Line | None:
    """The bank keeps its charge: short by a few units."""
    if not (found := make.take(1, lambda item: item.amount > 20_000)):
        return None
    customer, [item] = found
    charge = make.random.choice((500, 750, 1000, 1500, 2500))
    text = make.noisy(make.written(item.number))
    return make.line(
        "bank_charge", customer, [item], item.amount - charge, text,
        {item.id: item.amount - charge},
    )  # fmt: skip


@behaviour
def deduction(make: Maker) -> Line | None:
    """Pays less because of a complaint, and quotes the number."""
    if not (found := make.take()):
        return None
    customer, [item] = found
    amount = round(item.amount * make.random.uniform(0.5, 0.97))
    text = make.noisy(make.written(item.number), "less claim")
    return make.line("deduction", customer, [item], amount, text, {item.id: amount})


@behaviour
def part_payment(make: Maker) -> Line | None:
    if not (found := make.take()):
        return None
    customer, [item] = found
    amount = item.amount // 2
    text = make.noisy(make.written(item.number), "50%")
    return make.line("part_payment", customer, [item], amount, text, {item.id: amount})


@behaviour
def nets_credit_note(make: Maker) -> Line | None:
    """Deducts a credit note without a word, or quotes both."""
    credits = [item for item in make.items if item.amount < 0]
    make.random.shuffle(credits)
    for credit in credits[:40]:
        bigger = [
            i for i in make.left[credit.customer_id]
            if i.currency == credit.currency and i.amount > -credit.amount
        ]  # fmt: skip
        if bigger:
            item = make.random.choice(bigger)
            make.left[credit.customer_id].remove(item)
            make.items[credit.id - 1] = credit._replace(reference="used")
            customer = make.customers[credit.customer_id - 1]
            words = [make.written(item.number)]
            if make.random.random() < 0.5:
                words.append(make.written(credit.number))
            pair = [item, credit]
            return make.line(
                "nets_credit_note", customer, pair, _total(pair), make.noisy(*words),
                _whole(pair),
            )  # fmt: skip
    return None


@behaviour
def wrong_digit(make: Maker) -> Line | None:
    """One digit of the number is wrong: it is nobody's, or another document's."""
    if not (found := make.take()):
        return None
    customer, [item] = found
    kind, year, serial = item.number.split("/")
    place = make.random.randrange(len(serial))
    digit = make.random.choice([d for d in "0123456789" if d != serial[place]])
    wrong = f"{kind}/{year}/{serial[:place]}{digit}{serial[place + 1 :]}"
    return make.line(
        "wrong_digit", customer, [item], item.amount, make.noisy(make.written(wrong)),
        _whole([item]),
    )  # fmt: skip


@behaviour
def pays_twice(make: Maker) -> Line | None:
    """The same invoice is paid a second time: one of the two has nothing to pay."""
    if not (found := make.take()):
        return None
    customer, [item] = found
    text = make.noisy(make.written(item.number))
    first = make.line("pays_twice", customer, [item], item.amount, text, _whole([item]))
    second = make.line("pays_twice", customer, [item], item.amount, text, {})
    second.date = first.date + timedelta(days=make.random.randrange(0, 5))
    second.payer_name, second.payer_account = first.payer_name, first.payer_account
    first.is_guess = second.is_guess = True
    return first


@behaviour
def two_fit(make: Maker) -> Line | None:
    """Two items of one amount, money for one of them, no word which."""
    if not (found := make.take()):
        return None
    customer, [item] = found
    twin = make._add_item(customer, item.amount)
    twin = twin._replace(currency=item.currency, amount=item.amount)
    make.items[twin.id - 1] = twin
    if twin in make.left[customer.id]:
        make.left[customer.id].remove(twin)
    make.left[customer.id] = [i for i in make.left[customer.id] if i.id != twin.id]
    return make.line(
        "two_fit", customer, [item], item.amount, make.noisy(), _whole([item]),
        is_guess=True,
    )  # fmt: skip


@behaviour
def overpays(make: Maker) -> Line | None:
    if not (found := make.take()):
        return None
    customer, [item] = found
    amount = -(-item.amount // 10_000) * 10_000
    text = make.noisy(make.written(item.number))
    return make.line("overpays", customer, [item], amount, text, _whole([item]))


@behaviour
def prepayment(make: Maker) -> Line | None:
    """Money for an order that has no invoice yet."""
    customer = make.random.choice(make.customers)
    if not make.left[customer.id]:
        return None
    item = make.random.choice(make.left[customer.id])
    return make.line(
        "prepayment", customer, [item], make._amount(),
        make.noisy(f"advance order {make.random.randrange(10**6):06d}"), {},
    )  # fmt: skip


@behaviour
def sends_advice(make: Maker) -> Line | None:
    """A collective payment; what it pays stands in the remittance advice alone."""
    if not (found := make.take(make.random.choice((3, 5, 8)))):
        return None
    customer, items = found
    return make.line(
        "sends_advice", customer, items, _total(items),
        make.noisy("see advice"), _whole(items),
        advice=tuple((make.written(item.number), item.amount) for item in items),
    )  # fmt: skip


#: behaviour → how many of a hundred lines
MIX = {
    "quotes_number": 26, "quotes_several": 10, "quotes_order": 5, "silent_exact": 10,
    "silent_combination": 4, "pays_everything": 3, "third_party": 4, "stranger": 3,
    "takes_discount": 4, "discount_too_late": 2, "bank_charge": 4, "deduction": 4,
    "part_payment": 3, "nets_credit_note": 2, "wrong_digit": 3, "pays_twice": 2,
    "two_fit": 3, "overpays": 3, "prepayment": 3, "sends_advice": 2,
}  # fmt: skip


def _shuffled(make: Maker, count: int) -> Iterator[str]:
    names = list(MIX)
    yield from make.random.choices(names, [MIX[name] for name in names], k=count)


def world(seed: int, lines: int, per_customer: int = 6) -> World:
    """Customers with open items, and about ``lines`` bank lines that pay them or not."""
    make = Maker(seed, max(20, lines // 3), per_customer)
    for name in _shuffled(make, lines):
        BEHAVIOURS[name](make)
    return World(make.customers, make.items, make.lines)
