"""Addresses in parts: read, written, judged."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.address import Parts, compose, missing_parts, read, score
from ...engine.china_regions import counties, region
from .case import EngineCase


class TestChinese(EngineCase):
    def test_lines(self):
        cases = {
            "北京市东城区天坛东路甲48号2层214": (
                "北京市",
                "北京市",
                "东城区",
                "天坛东路",
                "甲48号2层214",
            ),
            "上海市上海市闵行区漕宝路1688号": (
                "上海市",
                "上海市",
                "闵行区",
                "漕宝路",
                "1688号",
            ),
            "上海浦东新区张江路88弄3号": (
                "上海市",
                "上海市",
                "浦东新区",
                "张江路",
                "88弄3号",
            ),
            "中国 浙江省 杭州市 西湖区 文三路 90号": (
                "浙江省",
                "杭州市",
                "西湖区",
                "文三路",
                "90号",
            ),
            "浙江杭州西湖区文三路90号": (
                "浙江省",
                "杭州市",
                "西湖区",
                "文三路",
                "90号",
            ),
            "江苏省昆山市前进西路1号": (
                "江苏省",
                "苏州市",
                "昆山市",
                "前进西路",
                "1号",
            ),
            "广东省东莞市长安镇振安东路88号": (
                "广东省",
                "东莞市",
                "",
                "长安镇振安东路",
                "88号",
            ),
            "广西壮族自治区南宁市青秀区民族大道100号": (
                "广西壮族自治区",
                "南宁市",
                "青秀区",
                "民族大道",
                "100号",
            ),
            "吉林市昌邑区解放大路1号": (
                "吉林省",
                "吉林市",
                "昌邑区",
                "解放大路",
                "1号",
            ),
            "合肥高新区望江西路800号": ("", "", "合肥高新区", "望江西路", "800号"),
            "文三路90号": ("", "", "", "文三路", "90号"),
            "新怡家园甲3号楼2层": ("", "", "", "新怡家园", "甲3号楼2层"),
            "海淀区": ("北京市", "北京市", "海淀区", "", ""),
            "朝阳区建国路93号": ("", "", "朝阳区", "建国路", "93号"),
        }
        for line, expected in cases.items():
            with self.subTest(line):
                self.assertEqual(tuple(read(line, "CN")[:5]), expected)

    def test_postal_code(self):
        self.assertEqual(read("200030 上海市徐汇区漕溪北路18号", "CN").zip, "200030")
        self.assertEqual(
            read("上海市徐汇区漕溪北路18号（邮编：200030）", "CN").zip, "200030"
        )

    @given(
        st.sampled_from([c for c in counties()[::37] if c.city]),
        st.sampled_from(["人民路", "解放大道", "南锣鼓巷"]),
        st.sampled_from(["1号", "88号2幢301室", ""]),
    )
    @settings(max_examples=25, derandomize=True, deadline=None)
    def test_what_is_written_is_read_property(self, county, street, number):
        city = "" if county.city == county.province else county.city
        line = f"{county.province}{city}{county.county}{street}{number}"
        found = read(line, "CN")
        self.assertEqual(
            (found.province, found.city, found.district),
            (county.province, county.city, county.county),
        )
        self.assertEqual(found.street + found.number, street + number)
        self.assertEqual(compose(found, "CN"), line)

    def test_regions(self):
        self.assertEqual(region("320583").county, "昆山市")
        self.assertGreater(len(counties()), 2_800)


class TestWestern(EngineCase):
    def test_lines(self):
        cases = [
            ("Hauptstraße 12a", "DE", "Hauptstraße", "12a"),
            ("Damrak 1", "NL", "Damrak", "1"),
            ("221B Baker Street", "GB", "Baker Street", "221B"),
            ("1600 Pennsylvania Avenue NW", "US", "Pennsylvania Avenue NW", "1600"),
            ("12, rue de la Paix", "FR", "rue de la Paix", "12"),
            ("Via Roma, 14", "IT", "Via Roma", "14"),
            ("PO Box 12", "AU", "PO Box 12", ""),
            ("Am Markt", "DE", "Am Markt", ""),
        ]
        for line, country, street, number in cases:
            with self.subTest(line):
                found = read(line, country)
                self.assertEqual((found.street, found.number), (street, number))

    @given(
        st.sampled_from(["Main Street", "Hauptstr.", "Damrak", "Via Roma"]),
        st.sampled_from(["1", "12a", "14-16", ""]),
        st.sampled_from(["DE", "US", "NL", "IT", "GB", ""]),
    )
    @settings(max_examples=25, derandomize=True, deadline=None)
    def test_parts_survive_property(self, street, number, country):
        line = compose(Parts(street=street, number=number), country)
        found = read(line, country)
        self.assertEqual((found.street, found.number), (street, number))

    def test_order_of_the_line_is_kept(self):
        parts = Parts(street="Main Street", number="14")
        self.assertEqual(compose(parts, "DE", like="12 Main Street"), "14 Main Street")
        self.assertEqual(compose(parts, "US", like="Main Street 12"), "Main Street 14")


class TestCompleteness(EngineCase):
    def test_missing_and_score(self):
        full = Parts("上海市", "上海市", "徐汇区", "漕溪北路", "18号")
        self.assertEqual((missing_parts(full, "CN"), score(full, "CN")), ((), 100))
        cases = [
            (full._replace(district="", number=""), "CN", ("district", "number"), 60),
            (Parts(city="Bonn", street="Am Markt", number="1"), "DE", ("zip",), 75),
            (
                Parts(city="Austin", street="PO Box 1", zip="78701"),
                "US",
                ("province",),
                80,
            ),
            (Parts(city="HK", street="Queen's Road", number="1"), "HK", (), 100),
            (Parts(), "", ("country", "city", "street", "number", "zip"), 0),
        ]
        for parts, country, missing, percent in cases:
            with self.subTest(parts):
                self.assertEqual(missing_parts(parts, country), missing)
                self.assertEqual(score(parts, country), percent)
