"""The patterns of a district's money: what is bought, from which funds, where.

Belongs here: tables of typical shares, in national codes, and the sample's kinds of money.
Does not belong here: drawing amounts (`spending`), the state's codes for them (`chart`, `postings`).

Weights are shares of a district's operating spending, in thousandths. Locations: S each school, C central,
D districtwide program, U unknown, N non-school. Chance: the share of districts that have such spending at all.
"""

from __future__ import annotations

from typing import NamedTuple


class Money(NamedTuple):
    """A fund and project of the state, and whose money that is."""

    fund_code: str
    project_code: str
    national_fund: str
    level: str


MONEY = {
    "general": Money("010", "0000", "1", "local"),
    "equalization": Money("020", "0000", "1", "state"),
    "levy": Money("010", "1010", "1", "local"),
    "impact": Money("010", "4400", "1", "federal"),
    "onbehalf": Money("020", "2900", "1", "state"),
    "title1": Money("110", "4100", "2", "federal"),
    "idea": Money("110", "4200", "2", "federal"),
    "perkins": Money("110", "4300", "2", "federal"),
    "title2": Money("110", "4600", "2", "federal"),
    "esser2": Money("110", "4700", "2", "federal"),
    "esser3": Money("110", "4710", "2", "federal"),
    "sped_state": Money("120", "2100", "2", "state"),
    "bus_state": Money("120", "2200", "2", "state"),
    "preschool": Money("120", "2300", "2", "state"),
    "meals_federal": Money("130", "4500", "2", "federal"),
    "meals_sold": Money("130", "1800", "2", "local"),
    "private": Money("140", "9100", "2", "private"),
    "private_general": Money("010", "9100", "1", "private"),
    "activity": Money("150", "1900", "2", "local"),
    "capital": Money("210", "0000", "3", "local"),
    "debt": Money("310", "0000", "4", "local"),
    "store": Money("510", "0000", "6", "local"),
}
YEARS = {"esser2": (2021, 2023), "esser3": (2022, 2025)}


class Pattern(NamedTuple):
    """One kind of spending. For a split pattern, function and object are the state's weighted codes."""

    location: str
    function: str
    object: str
    program: str
    money: str
    weight: float
    chance: float
    payee: str


def _patterns(text: str) -> tuple[Pattern, ...]:
    rows = (line.split() for line in text.strip().splitlines())
    return tuple(
        Pattern(
            r[0], r[1], r[2], r[3], r[4], float(r[5]), float(r[6]) if len(r) > 6 else 1.0, r[7] if len(r) > 7 else ""
        )
        for r in rows
    )


SPENDING = _patterns("""
    S 1000 111 100 general 205
    S 1000 111 100 equalization 60
    S 1000 112 100 general 16
    S 1000 113 100 general 9
    S 1000 210 100 general 38
    S 1000 220 100 general 20
    S 1000 230 100 general 30
    S 1000 240 100 onbehalf 24 0.6
    S 1000 111 200 sped_state 33
    S 1000 112 200 idea 14
    S 1000 210 200 sped_state 6
    S 1000 111 100 title1 14
    S 1000 112 100 title1 6
    S 1000 220 100 title1 2
    S 1000 111 400 levy 10 0.7
    S 1000 111 300 perkins 3 0.6
    S 1000 111 100 impact 9 0.25
    S 1000 111 100 esser2 10
    S 1000 111 100 esser3 12
    S 1000 112 100 preschool 5 0.5
    S 1000 610 100 general 8
    S 1000 640 100 general 6
    S 1000 650 100 general 5
    S 1000 580 100 title2 1
    S 1000 150 900 activity 4
    S 1000 610 900 activity 3
    S 1000 610 100 private 2 0.4
    S 1000 340 100 private_general 1 0.2
    S 1000 734 100 general 3
    S 1000 733 100 esser3 1 0.5
    S 1000 111 600 store 2 0.3
    S 2110 110 100 general 5
    S 2120 110 100 general 12
    S 2120 210 100 general 2
    S 2130 110 100 general 6
    S 2130 610 100 general 0.6
    S 2220 110 100 general 7
    S 2220 640 100 general 2
    S 2410 110 100 general 30
    S 2410 210 100 general 5
    S 2410 530 100 general 1
    S 2610 110 100 general 22
    S 2610 210 100 general 4
    S 2610 622 100 general 9
    S 2610 621 100 general 5
    S 2610 410 100 general 3
    S 2620 430 100 general 6
    S 2660 340 100 general 2
    S 3100 110 100 meals_federal 9
    S 3100 630 100 meals_federal 10
    S 3100 630 100 meals_sold 5
    S 3100 730 100 meals_federal 1 0.4
    S 3200 610 100 store 1 0.5
    S 4500 450 100 capital 8 0.3
    D 1000 320 200 idea 5
    D 1000 111 100 title1 3
    D 1000 320 100 equalization 2
    D 2212 110 100 title2 4
    D 2213 330 100 title2 3
    D 2213 330 100 esser3 2
    D 2213 580 100 general 0.6
    D 2230 351 100 general 2
    D 2240 340 100 general 1
    D 2710 110 100 general 14
    D 2710 210 100 general 3
    D 2710 519 100 bus_state 8
    D 2710 511 100 general 1 0.3 public_system
    D 2710 730 100 capital 4 0.6
    D 2730 430 100 general 2
    D 3100 570 100 meals_federal 2 0.5
    U 1000 610 100 general 2
    U 2610 430 100 general 2
    U 1000 650 100 esser2 1
    C 2310 340 100 general 3
    C 2310 810 100 general 1
    C 2310 820 100 general 0.4 0.2
    C 2320 110 100 general 7
    C 2320 210 100 general 1
    C 2320 580 100 general 0.4
    C 2510 110 100 general 9
    C 2510 210 100 general 1.5
    C 2510 351 100 general 2
    C 2520 110 100 general 2
    C 2610 520 100 general 3
    C 2620 110 100 general 6
    C 2630 420 100 general 1.5
    C 2620 440 100 levy 1
    C 2900 890 100 general 1
    C 2000 890 100 general 0.5 0.3
    C 3000 890 100 general 0.6 0.4
    C 2120 110 500 title2 0.8 0.3
    N 3300 110 800 general 2 0.6
    N 3300 610 800 private 0.5 0.3
    N 1000 110 600 store 1 0.4
    N 1000 120 700 general 0.5 0.15
    N 2610 622 800 general 0.4 0.3
    N 2120 110 100 general 0.6 0.3
    N 1000 610 100 private 0.4 0.2
    C 1000 561 200 general 4 0.8 public_system
    C 1000 562 200 general 1 0.3 public_system
    C 1000 562 200 general 0.7 0.3 charter
    C 1000 563 200 general 1 0.5 private
    C 1000 564 100 equalization 4 0.4 charter
    C 1000 565 100 general 0.4 0.2 state_government
    C 1000 566 100 general 0.3 0.1 private
    C 1000 567 100 general 0.3 0.1 charter
    C 1000 569 200 general 0.5 0.2 local_government
    C 1000 563 500 idea 0.5 0.2 private
    C 2900 591 100 general 2 0.6 public_system
    C 4500 450 100 capital 40 0.8
    C 4500 340 100 capital 3 0.8
    C 4500 710 100 capital 4 0.2
    C 4500 720 100 capital 3 0.2
    C 4600 450 100 capital 4 0.5
    C 5000 831 100 debt 25 0.8
    C 5000 832 100 debt 12 0.8
    C 5000 833 100 debt 0.5 0.3
    C 5000 835 100 debt 0.4 0.2
    C 3200 790 100 store 0.4 0.3
""")
SPLIT_SPENDING = _patterns("""
    S 150 1110 00 general 4 0.35
    S 110 1800 10 title1 5
    S 120 1800 00 general 4 0.5
    S 235 1190 20 sped_state 8
    S 235 2900 20 idea 2
    S 430 2900 00 general 4
    S 614 2900 00 general 2
    C 435 1190 00 general 5 0.3
    C 435 2900 00 general 1 0.3
    C 640 3400 00 general 3
    C 520 1190 00 general 6
    C 520 2900 00 general 1
    C 999 8900 00 general 0.3 0.5
    C 999 6150 00 esser3 0.2 0.2
""")
# National source or, for split ones, the state's code; kind of money; thousandths of operating spending.
REVENUE = (
    ("1110", "general", 400), ("1110", "levy", 15), ("1120", "general", 20), ("1311", "general", 2), ("1510", "general", 4),
    ("1611", "meals_sold", 5), ("1740", "activity", 7), ("1920", "private", 3), ("1990", "general", 3), ("2100", "general", 5),
    ("3100", "equalization", 340), ("3200", "sped_state", 40), ("3200", "bus_state", 8), ("3200", "preschool", 4),
    ("3900", "onbehalf", 24), ("4100", "impact", 9), ("4500", "title1", 24), ("4500", "idea", 20), ("4500", "perkins", 3),
    ("4500", "title2", 8), ("4500", "esser2", 11), ("4500", "esser3", 14), ("1110", "debt", 38), ("1110", "capital", 20),
    ("1740", "store", 5),
)  # fmt: skip
SPLIT_REVENUE = (("13200", "general", 4), ("33900", "meals_federal", 21))
