"""Writes the sample customer files of ``customer_ar_suite/demo/files``.

The files are kept in the repository, because nothing that Odoo brings can write .xls; run
this after changing a row:  pip install xlwt openpyxl python-stdnum && python customer_files.py

Each file has rows that are new, rows that change a customer of the sample story, rows that
change nothing, and rows with a fault, so that the dry run has something to show.
"""

import csv
import io
from pathlib import Path

import openpyxl
import xlwt
from stdnum.cn import uscc

TARGET = Path(__file__).parents[2] / "customer_ar_suite" / "demo" / "files"
STORY = Path(__file__).parents[2] / "customer_ar_suite" / "demo" / "customers.csv"


def code(body):
    """A unified social credit code with its check character."""
    return body + uscc.calc_check_digit(body)


def story(ref):
    with STORY.open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["ref"] == ref)


CHINESE_HEADINGS = (
    "客户编码",
    "客户名称",
    "统一社会信用代码",
    "省份",
    "城市",
    "地址",
    "邮编",
    "联系人",
    "联系电话",
    "邮箱",
    "开户行",
    "银行账号",
    "付款条件",
    "备注",
)


def east_china():
    """Eleven rows for the .xls: the wrong check character is the row of 绍兴."""
    bank = "苏州城湖银行"
    return [
        ("C10101", "嘉兴南湖风机有限公司", code("91330400MA28A6K41"), "浙江省", "嘉兴市", "南湖区亚太路705号", "314001", "沈一帆", "0573-5550 1101", "caiwu@nanhufj.example", bank, "6217001230004410101", "30 天", ""),
        ("C10102", "绍兴越泰印染设备有限公司", code("91330600MA2JP7WQ8")[:-1] + "0", "浙江省", "绍兴市", "柯桥区群贤路1818号", "312030", "金晓东", "0575-5550 1102", "ar@yuetai.example", bank, "6217001230004410102", "30 天", ""),
        ("C10103", "南通江海起重机械有限公司", code("91320600MA1N2T6R3"), "江苏省", "南通市", "崇川区世纪大道186号", "226001", "葛建平", "０５１３－５５５０１１０３", "finance@nantongjh.example", bank, "6217001230004410103", "60 天", "全角电话"),
        ("C10104", "扬州瘦西湖照明有限公司", code("91321000MA1P8L0X5"), "江苏省", "扬州市", "邗江区文昌西路440号", "225009", "殷秀兰", "0514-5550 1104", "caiwu@sxhzm.example", bank, "6217001230004410104", "30 天", ""),
        ("C10105", "扬州瘦西湖照明公司", code("91321000MA1P8L0X5"), "江苏省", "扬州市", "邗江区文昌西路440号", "225009", "殷秀兰", "0514-5550 1104", "", "", "", "", "与上一行税号相同"),
        ("C10106", "", code("91340200MA2TQK9D1"), "安徽省", "芜湖市", "弋江区花津南路92号", "241002", "陶亮", "0553-555 1106", "ar@wuhu-tl.example", bank, "6217001230004410106", "30 天", "缺少名称"),
        ("C10107", "温州瓯江泵阀有限公司", code("91330300MA2AU5H66"), "浙江省", "温州市", "龙湾区滨海四道356号", "325025", "项海波", "0577-5550 1107", "caiwu.oujiang.example", bank, "6217001230004410107", "30 天", "邮箱缺少 @"),
        ("C10108", "台州路桥轴承有限公司", code("91331000MA2DX83N2"), "浙江省", "台州市", "路桥区财富大道999号", "318050", "罗巧云", "0576-5550 1108", "ar@luqiao-zc.example", bank, "6217001230004410108", "15 天", ""),
        changed("C10001", phone="+86 512 5551 7700", contact="陈晓雯", note="电话已更新"),
        changed("C10028"),
        ("C10109", "徐州彭城液压件有限公司", code("91320300MA1WR4E07"), "江苏省", "徐州市", "鼓楼区中山北路18号", "221005", "权志宏", "0516-5550 1109", "caiwu@pengcheng-yy.example", bank, "6217001230004410109", "60 天", ""),
    ]  # fmt: skip


def changed(ref, phone=None, contact="", note=""):
    """A customer the story has already, with another phone number."""
    row = story(ref)
    return (
        row["ref"], row["name"], row["vat"], "江苏省", row["city"], row["street"], row["zip"],
        contact, phone or row["phone"], row["email"], "", row["bank_account"], "30 天", note,
    )  # fmt: skip


def south_china():
    """The GB18030 csv, as accounting programs export it."""
    return [
        ("C10201", "中山古镇灯饰配件有限公司", code("91442000MA4W9Y3J8"), "广东省", "中山市", "古镇镇中兴大道南22号", "528421", "欧阳慧", "0760-5550 1201", "caiwu@guzhen.example", "珠江城商银行", "6225887801230201", "30 天", ""),
        ("C10202", "珠海横琴冷链科技有限公司", code("91440400MA4X1P6B5"), "广东省", "珠海市", "香洲区横琴新区宝华路6号", "519031", "黎国栋", "0756-5550 1202", "ar@hqcold.example", "珠江城商银行", "6225887801230202", "60 天", ""),
        ("C10203", "惠州仲恺电池材料有限公司", code("91441300MA4UE7T29"), "广东省", "惠州市", "仲恺高新区和畅五路西101号", "516006", "温雪琴", "0752-5550 1203", "finance@zkbattery.example", "珠江城商银行", "6225887801230203", "30 天", ""),
        ("C10204", "江门新会陈皮食品机械有限公司", code("91440700MA4UQ2F70"), "广东省", "江门市", "新会区今古洲工业园8号", "529100", "汤伟明", "0750-5550 1204", "", "", "", "30 天", "无邮箱"),
        changed_south("C10005", "0755-5550 9999"),
    ]  # fmt: skip


def changed_south(ref, phone):
    row = story(ref)
    return (
        row["ref"], row["name"], row["vat"], "广东省", row["city"], row["street"], row["zip"],
        "周敏", phone, row["email"], "", row["bank_account"], "30 天", "电话变更",
    )  # fmt: skip


ENGLISH_HEADINGS = (
    "Customer No", "Customer Name", "VAT Number", "Street", "Zip", "City", "Country",
    "Contact Person", "Contact E-Mail", "Phone", "E-Mail", "IBAN", "Payment Terms", "Notes",
)  # fmt: skip


def europe():
    """The .xlsx for the Dutch company; the last but one has a wrong VAT number."""
    row = story("C20001")
    return [
        ("C20101", "Bergmann Pumpenbau GmbH", "DE136695976", "Siemensring 14", "47877", "Willich", "Germany", "Ute Bergmann", "u.bergmann@bergmann-pumpen.example", "+49 2154 5550 11", "ap@bergmann-pumpen.example", "DE89370400440532013000", "30 Days", ""),
        ("C20102", "Zuivelfabriek De Vecht B.V.", "NL123456782B90", "Vechtdijk 7", "3633 AA", "Vreeland", "Netherlands", "Hanneke Blom", "h.blom@devecht.example", "+31 294 555 012", "facturen@devecht.example", "NL91ABNA0417164300", "30 Days", "Invoices by e-mail only"),
        ("C20103", "Etablissements Lacroix SAS", "FR40303265045", "12 rue du Moulin", "59000", "Lille", "France", "Paul Lacroix", "p.lacroix@lacroix.example", "+33 3 55 50 01 13", "compta@lacroix.example", "FR1420041010050500013M02606", "60 Days", ""),
        ("C20104", "Norrland Process AB", "SE123456789701", "Storgatan 31", "852 30", "Sundsvall", "Sweden", "Eva Lind", "eva@norrland-process.example", "+46 60 555 014", "faktura@norrland-process.example", "", "30 Days", ""),
        (row["ref"], row["name"], row["vat"], row["street"], row["zip"], row["city"], "Germany", "Maike Hansen", "", "+49 40 5550 999", row["email"], row["bank_account"], "30 Days", "New switchboard number"),
        ("C20105", "Officina Meccanica Rota S.r.l.", "IT12345678901", "Via Emilia 220", "40026", "Imola", "Italy", "Luca Rota", "luca@rota.example", "+39 0542 555 015", "amministrazione@rota.example", "", "60 Days", "VAT number mistyped"),
        ("C20106", "Bergmann Pumpenbau GmbH", "DE136695976", "Siemensring 14", "47877", "Willich", "Germany", "", "", "", "", "", "", "Same as C20101"),
    ]  # fmt: skip


def write_xls(name, rows):
    """A title above the headings, as people make such lists."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("客户档案")
    bold = xlwt.easyxf("font: bold on; pattern: pattern solid, fore_colour ice_blue")
    sheet.write_merge(0, 0, 0, len(CHINESE_HEADINGS) - 1, "华东区新客户登记表", bold)
    for column, heading in enumerate(CHINESE_HEADINGS):
        sheet.write(1, column, heading, bold)
        sheet.col(column).width = 256 * 22
    for line, row in enumerate(rows, 2):
        for column, value in enumerate(row):
            sheet.write(line, column, value)
    book.save(str(TARGET / name))


def write_xlsx(name, rows):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Customers"
    sheet.append(ENGLISH_HEADINGS)
    for row in rows:
        sheet.append(row)
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 22
    book.save(TARGET / name)


def write_csv(name, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CHINESE_HEADINGS)
    writer.writerows(rows)
    (TARGET / name).write_bytes(text.getvalue().encode("gb18030"))


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    write_xls("customers_east_china.xls", east_china())
    write_csv("customers_south_china_gb18030.csv", south_china())
    write_xlsx("customers_europe.xlsx", europe())
