"""Words that tell little about who somebody is, in the languages customers come in.

General knowledge about names, not taken from any file of customers: what companies call
themselves besides their own name, how streets are shortened, which mail providers everybody
uses.
"""

from __future__ import annotations

import re

_GENERIC = """
group groupe gruppe grupo groep holding holdings holdco international internationale
worldwide global europe european asia america americas africa trading trade traders
commerce commercial industries industry industrial industrie services service solutions
systems system technology technologies technologie tech engineering consulting consultants
consultancy management beheer beheermaatschappij bank finance financial capital invest
investment investments investeringen ventures partners partner associates association
foundation stichting stiftung trust fund fonds logistics transport transports products
production productions manufacturing enterprise enterprises entreprise onderneming
development developments properties property real estate immobilien vastgoed construction
bau bouw medical medicine pharma hospital hospitals clinic center centre centers health
healthcare care school academy university college institute institut childcare child
children day learning early education program head start preschool kindergarten nursery
restaurant cafe hotel grill bar house home office branch
nederland netherlands dutch holland deutschland germany german france francaise belgium
espana italia uk usa us china chinese hong kong hk singapore australia canada japan india
societe societa sociedad gesellschaft handelsgesellschaft handels vertriebs verwaltungs
maatschappij comercial company firm limited liability joint stock open closed public
private responsibility de la le les des du der die das den van von of for di da do el los
las il in at on by zu im am
"""
#: words that many companies have in their names: they count, but little
GENERIC = frozenset(_GENERIC.split())

#: short or spelled-out forms of one word, each under the form that is compared
SAME_WORD = {
    "intl": "international",
    "int": "international",
    "internatl": "international",
    "inter": "international",
    "mgmt": "management",
    "mfg": "manufacturing",
    "assn": "association",
    "assoc": "associates",
    "bros": "brothers",
    "gebr": "gebroeders",
    "gebrueder": "gebruder",
    "ctr": "center",
    "centre": "center",
    "cntr": "center",
    "hosp": "hospital",
    "univ": "university",
    "svc": "services",
    "svcs": "services",
    "service": "services",
    "tech": "technologies",
    "technology": "technologies",
    "inst": "institute",
    "dept": "department",
    "natl": "national",
    "amer": "american",
    "med": "medical",
    "kon": "koninklijke",
    "saint": "st",
    "organisation": "organization",
    "mount": "mt",
    "fort": "ft",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "holdings": "holding",
    "industry": "industries",
    "solution": "solutions",
    "system": "systems",
    "consultants": "consulting",
    "investments": "investment",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "robt": "robert",
    "wm": "william",
}

#: how parts of an address are written short
STREET_WORD = {
    "street": "st",
    "strasse": "str",
    "straße": "str",
    "avenue": "ave",
    "av": "ave",
    "road": "rd",
    "boulevard": "blvd",
    "drive": "dr",
    "lane": "ln",
    "place": "pl",
    "court": "ct",
    "square": "sq",
    "parkway": "pkwy",
    "highway": "hwy",
    "circuit": "cct",
    "crescent": "cres",
    "terrace": "tce",
    "circle": "cir",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "suite": "ste",
    "building": "bldg",
    "floor": "fl",
    "apartment": "apt",
    "room": "rm",
    "first": "1st",
    "second": "2nd",
    "third": "3rd",
    "fourth": "4th",
    "fifth": "5th",
    "village": "vlge",
    "retirement": "retrmnt",
}
_STREET_COMMON = """
st str ave rd blvd dr ln pl ct sq pkwy hwy cct cres tce cir n s e w ne nw se sw ste bldg
fl apt rm way close grove parade rue via calle weg laan straat plein gasse allee platz
ring the of no nr unit lot po box
"""
#: parts of an address that nearly every address has
STREET_COMMON = frozenset(_STREET_COMMON.split())

_FREE_MAIL = """
gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.co.uk
yahoo.cn icloud.com me.com aol.com gmx.de gmx.net gmx.com web.de t-online.de freenet.de
mail.ru yandex.ru yandex.com orange.fr free.fr wanadoo.fr laposte.net libero.it tiscali.it
ziggo.nl kpnmail.nl hetnet.nl qq.com foxmail.com 163.com 126.com yeah.net sina.com
sina.cn sohu.com aliyun.com 139.com 189.cn 21cn.com tom.com proton.me protonmail.com
zoho.com example.com example.org example.net
"""
#: anybody can have an address there: says nothing about the company
FREE_MAIL = frozenset(_FREE_MAIL.split())

#: legal forms written out, wherever they stand in a folded name (GLEIF, ISO 20275)
FORM_PHRASES = re.compile(
    r"\b(?:(?:open |closed |public |private )?joint[ -]stock company"
    r"|(?:public |private )?limited liability (?:company|partnership)"
    r"|public limited company|private limited"
    r"|gesellschaft mit beschrankter haftung|sp\.? ?z ?o\.? ?o\.?"
    r"|societe anonyme|societe a responsabilite limitee|sociedad anonima"
    r"|sociedad de responsabilidad limitada|sociedad limitada|societa per azioni"
    r"|societa a responsabilita limitata|societatea cu raspundere limitata"
    r"|besloten vennootschap|naamloze vennootschap|aktiebolag|osakeyhtio"
    r"|obshchestvo s ogranichennoi otvetstvennostyu)(?=\W|$)"
)
#: legal forms that are classes of their own, under one name each
ONE_FORM = {
    form: group
    for group, forms in {
        "stock": "ag aktiengesellschaft sa nv spa plc oao pao pjsc jsc zao ojsc cjsc ao asa "
        "oyj publiclimitedcompany jointstockcompany openjointstockcompany "
        "closedjointstockcompany publicjointstockcompany societeanonyme sociedadanonima "
        "societaperazioni naamlozevennootschap",
        "limited": "gmbh mbh gesmbh ltd limited llc bv bvba srl sarl sl ooo spzoo sro kft "
        "limitedliabilitycompany privatelimited besloten"
        "vennootschap gesellschaftmitbeschrankterhaftung",
        "partnership": "kg ohg gbr lp llp cv vof snc limitedliabilitypartnership",
    }.items()
    for form in forms.split()
}
#: forms so long that people misspell them
LONG_FORMS = ("aktiengesellschaft", "corporation", "incorporated", "gesellschaft")
