"""Outcomes: proficiency, growth, absence and graduation, with masked and ranged values.

Belongs here: the rows of the outcomes file.
Does not belong here: anything the finance truth rests on.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sample.agencies import Lea
from sample.membership import Pupils

HEADER = ("LEA ID", "Fiscal Year", "School ID", "Measure", "Subject", "Grade Band", "Student Group", "Assessment ID", "Numerator",
          "Denominator", "Value", "Value Low", "Value High", "Value Status", "Scale Break")  # fmt: skip
GROUPS = (("all", 1.0, 0.0), ("econ_dis", 0.45, -0.12), ("el", 0.08, -0.2), ("swd", 0.13, -0.25))


def outcome_rows(lea: Lea, fiscal_year: int, pupils: Pupils, seed: int) -> Iterator[tuple[str, ...]]:
    """The outcomes of every school with pupils, then of the LEA."""
    rng = Random(f"{seed}/outcomes/{lea.lea_id}/{fiscal_year}")
    gain = Random(f"{seed}/effect/{lea.lea_id}").gauss(0, 0.04)
    scale_break = "Y" if fiscal_year == 2023 else "N"
    units = [(s.school_id, s.poverty, pupils.school_count(s.school_id), s.level) for s in lea.schools]
    units.append(("", lea.poverty, pupils.served, "combined"))
    for school_id, poverty, count, level in units:
        if not count:
            continue
        head = (lea.lea_id, str(fiscal_year), school_id)
        level_rate = 0.72 - 0.45 * poverty + gain
        for group, share, gap in GROUPS:
            size = round(count * share * rng.uniform(0.8, 1.1) * 0.5) if group != "all" else round(count * 0.55)
            for subject in ("math", "ela"):
                rate = level_rate + gap + rng.gauss(0, 0.03)
                yield (*head, "proficiency_rate", subject, "", group, "SAMPLE-A", *_rate(size, rate), scale_break)
        yield (
            *head,
            "growth_mean",
            "math",
            "",
            "all",
            "SAMPLE-A",
            "",
            "",
            f"{50 + rng.gauss(gain * 60, 4):.2f}",
            "",
            "",
            "reported",
            scale_break,
        )
        yield (*head, "chronic_absenteeism_rate", "", "", "all", "", *_rate(count, 0.1 + 0.25 * poverty), "N")
        if level in ("high", "combined"):
            yield (
                *head,
                "graduation_rate_4yr",
                "",
                "",
                "all",
                "",
                *_rate(max(1, count // 13), 0.95 - 0.2 * poverty),
                "N",
            )


def _rate(size: int, rate: float) -> tuple[str, ...]:
    """Numerator, denominator, value, low, high, status: masked below 10 pupils, a range below 20."""
    met = min(size, max(0, round(size * min(0.98, max(0.02, rate)))))
    if size < 10:
        return ("", "", "", "", "", "suppressed")
    if size < 20:
        low = met * 10 // size / 10
        return ("", "", "", f"{low:.1f}", f"{min(1.0, low + 0.1):.1f}", "range")
    return (str(met), str(size), f"{met / size:.4f}", "", "", "reported")
