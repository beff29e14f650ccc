"""What the sample state's own codes mean, as the generator knows it.

Belongs here: the meaning of every code in national terms, typed by hand from the sample chart's description.
Does not belong here: anything read from `states/` (a wrong crosswalk row must make mart and truth differ).

A meaning is a tuple of (national code, parts of 100). Codes that change are listed with their years.
"""

from __future__ import annotations

from functools import cache

Meaning = tuple[tuple[str, int], ...]


def _one(text: str) -> dict[str, Meaning]:
    pairs = (entry.split("=") for entry in text.split())
    return {code: ((national, 100),) for code, national in pairs}


FUNDS = {"010": "1", "020": "1", "110": "2", "120": "2", "130": "2", "140": "2", "150": "2", "210": "3",
         "310": "4", "510": "6", "610": "7"}  # fmt: skip
PROGRAMS = {"": "100", "00": "100", "10": "100", "20": "200", "30": "300", "40": "400", "45": "400", "50": "500",
            "60": "600", "70": "700", "80": "800", "90": "900"}  # fmt: skip

_FUNCTIONS = _one("""
    105=1000 110=1000 115=1000 116=1000 120=1000 130=1000 140=1000 170=1000 210=2110 220=2120 230=2130 310=2212 315=2213 320=2220 330=2240
    410=2310 420=2320 430=2410 510=2510 530=2520 540=2900 611=2610 614=2610 619=2610 620=2620 625=2630 641=2630 642=2660 660=2660
    710=2710 720=2730 810=3100 820=3200 830=3300 840=3000 850=2000 910=4500 920=4600 950=5000 960=5000
""") | {
    "150": (("1000", 80), ("2210", 20)),
    "235": (("2140", 50), ("2150", 50)),
    "435": (("2320", 40), ("2410", 60)),
    "640": (("2630", 60), ("2660", 40)),
    "520": (("2570", 70), ("2580", 30)),
    "999": (("unmapped", 100),),
}
_OBJECTS = _one("""
    1110=111 1120=112 1130=113 1190=110 1200=120 1300=130 1500=150 2100=210 2200=220 2300=230 2310=230 2400=240
    2700=270 3200=320 3300=330 3400=340 3410=340 3420=340 3510=351 4100=410 4200=420 4300=430 4310=430 4400=440 5100=519 5110=511
    5200=520 5300=530 5610=561 5620=562 5630=563 5640=564 5650=565 5660=566 5670=567 5690=569 5700=340 5800=580
    5900=591 6110=610 6125=610 6150=610 6190=610 6210=621 6220=622 6300=630 6400=640 7100=710 7200=720 7300=730
    7330=733 7340=734 7900=790 8100=810 8200=820 8310=831 8320=832 8330=833 8350=835 8900=890 9100=910
""") | {
    "1800": (("111", 65), ("112", 35)),
    "2900": (("210", 34), ("220", 33), ("230", 33)),
}
SOURCES: dict[str, Meaning] = _one("""
    11100=1110 11200=1120 13100=1311 15100=1510 16100=1611 17400=1740 19200=1920 19900=1990 21000=2100 31100=3100
    32100=3200 32200=3200 32250=3200 32300=3200 39100=3900 41100=4100 45100=4500 45200=4500 45300=4500 45400=4500 45500=4500
    45600=4500 51100=5110 52100=5200 53100=5300
""") | {
    "13200": (("1321", 60), ("1421", 40)),
    "33900": (("3200", 15), ("4500", 85)),
}
# The level of money by project; a project that is not here leaves the level to the fund.
PROJECT_LEVELS = {"1010": "local", "1800": "local", "2100": "state", "2200": "state", "2300": "state", "2900": "state",
                  "4100": "federal", "4200": "federal", "4300": "federal", "4400": "federal", "4500": "federal",
                  "4600": "federal", "4700": "federal", "4710": "federal", "9100": "private"}  # fmt: skip
FUND_LEVELS = {"010": "local", "020": "state", "110": "federal", "120": "state", "130": "local", "140": "private",
               "150": "local", "210": "local", "310": "local", "510": "local", "610": "local"}  # fmt: skip
REPLACES_LOCAL_TAX = {"4400"}
SOFTWARE_FROM_2024 = "6510"
SOFTWARE_UNTIL_2023 = "6500"
# Codes of one edition of the chart only: first and last fiscal year. The edition of 2015 divided 105 and merged 3410 and 3420 into
# 3400; that of 2024 merged 115 and 116 into 110 and 32250 into 32200, and made 641 and 642 of 640.
EDITIONS = {"105": (0, 2014), "3410": (0, 2014), "3420": (0, 2014), "115": (0, 2023), "116": (0, 2023), "32250": (0, 2023),
            "640": (0, 2023), "641": (2024, 9999), "642": (2024, 9999)}  # fmt: skip


def is_valid(code: str, fiscal_year: int) -> bool:
    """Whether the chart of a fiscal year has a code."""
    first, last = EDITIONS.get(code, (0, 9999))
    return first <= fiscal_year <= last


def function_meaning(code: str, fiscal_year: int) -> Meaning:
    """The national functions behind a state function in a fiscal year."""
    if code == "160":
        return (("2230", 100),) if fiscal_year <= 2023 else (("1000", 100),)
    return _FUNCTIONS[code]


def object_meaning(code: str, function_code: str, fiscal_year: int) -> Meaning:
    """The national objects behind a state object; building works and contracts depend on the function."""
    if code == (SOFTWARE_UNTIL_2023 if fiscal_year <= 2023 else SOFTWARE_FROM_2024):
        return (("650", 100),)
    if code == "4310" and function_code in ("910", "920"):
        return (("450", 100),)
    if code == "5700" and function_code == "810":
        return (("570", 100),)
    return _OBJECTS[code]


def source_level(fund_code: str, project_code: str) -> str:
    """Whose money it is: the project says so, else the fund."""
    return PROJECT_LEVELS.get(project_code) or FUND_LEVELS[fund_code]


def parts(cents: int, meanings: list[Meaning]) -> list[tuple[tuple[str, ...], int]]:
    """Split cents over the product of several meanings, in the order of the national codes.

    Whole cents first, then one cent each to the largest remainders; the lower code wins a tie. A refund is split
    like the payment it takes back.
    """
    targets: list[tuple[tuple[str, ...], int]] = [((), 1)]
    for meaning in meanings:
        targets = [((*codes, code), weight * part) for codes, weight in targets for code, part in meaning]
    if len(targets) == 1:
        return [(targets[0][0], cents)]
    targets.sort()
    whole = sum(weight for _, weight in targets)
    size = abs(cents)
    given = [size * weight // whole for _, weight in targets]
    by_remainder = sorted(range(len(targets)), key=lambda i: (-(size * targets[i][1] % whole), i))
    for i in by_remainder[: size - sum(given)]:
        given[i] += 1
    sign = -1 if cents < 0 else 1
    return [(codes, sign * share) for (codes, _), share in zip(targets, given, strict=True)]


@cache
def function_codes(national: str, fiscal_year: int) -> tuple[str, ...]:
    """State functions that mean exactly one national function in a year."""
    own = [c for c in (*_FUNCTIONS, "160") if is_valid(c, fiscal_year)]
    return tuple(c for c in own if function_meaning(c, fiscal_year) == ((national, 100),))


@cache
def object_codes(national: str, function_code: str, fiscal_year: int) -> tuple[str, ...]:
    """State objects that mean exactly one national object under a state function in a year."""
    software = SOFTWARE_UNTIL_2023 if fiscal_year <= 2023 else SOFTWARE_FROM_2024
    own = [c for c in (*_OBJECTS, software) if is_valid(c, fiscal_year)]
    return tuple(c for c in own if object_meaning(c, function_code, fiscal_year) == ((national, 100),))


@cache
def source_codes(national: str, fiscal_year: int) -> tuple[str, ...]:
    """State revenue sources that mean exactly one national source in a year."""
    return tuple(c for c, m in SOURCES.items() if m == ((national, 100),) and is_valid(c, fiscal_year))


@cache
def program_codes(national: str) -> tuple[str, ...]:
    """State programs that mean a national program."""
    return tuple(code for code, meaning in PROGRAMS.items() if meaning == national)
