"""Applying a layout: records as a district prints them -> rows with the contract's columns, as text.

Belongs here: mapping columns, leaving out filtered records, one record becoming several rows.
Does not belong here: choosing a layout (`layout_headers`), reading bytes, judging values, knowledge of any one district.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ingest.contracts import Contract
from ingest.layout_cells import (
    debit_less_credit,
    folded_name,
    is_empty,
    is_zero_or_empty,
    iso_date,
    meets,
    negated,
    rounded,
)
from ingest.layout_standard import BLANK, FOOTER, OTHER_YEAR, lea_places, new_reading, standard_readings
from ingest.layout_sums import added, sum_faults
from ingest.layouts import Layout, folded
from ingest.number_forms import EXACT, decimal_of, plain_number
from ingest.reading import Excluded, RawRecords, Reading

# Classes whose natural balance is a credit: positive in our books, negative where a debit is positive.
CREDIT_CLASSES = frozenset({"revenue", "other_source", "liability", "opening_balance", "closing_balance"})

# The reason for records whose amounts are all skipped; a layout's own reasons stand beside it.
NO_AMOUNT = "no_amount"

_YEAR = re.compile("[0-9]{1,4}")

Cells = list[str | None]


def apply_layout(
    raw: RawRecords,
    layout: Layout,
    contract: Contract,
    references: dict[str, list[dict[str, str]]],
    slot: tuple[str, int | None],
    parts: Sequence[str] = (),
) -> list[Reading]:
    """Map records to rows of the contract's columns: one reading for each LEA of `parts`, or one of the whole file.

    Args:
        raw: the records as text.
        layout: a layout whose header they have.
        contract: the collection.
        references: rows of the reference tables that layouts look things up in (lea_alias, account_classes).
        slot: LEA and fiscal year of the submission, for layouts whose files print neither.
        parts: LEAs of a file of several, each a submission of its own; empty where the file is one submission.
    """
    if layout.is_standard:
        return standard_readings(raw, contract, parts)
    return _Mapping(raw, layout, contract, references, slot).readings(parts)


class _Mapping:
    """One file on its way through one layout."""

    def __init__(
        self,
        raw: RawRecords,
        layout: Layout,
        contract: Contract,
        references: dict[str, list[dict[str, str]]],
        slot: tuple[str, int | None],
    ):
        self.slot = slot
        self.raw, self.layout, self.contract, self.references = raw, layout, contract, references
        self.position: dict[str, int] = {}
        for index, name in enumerate(raw.header):
            self.position.setdefault(folded(name), index)
        self.size = len(raw.row_numbers)
        self._texts: dict[int, Cells] = {}
        self.derived = {folded(name): self._counted(rule["count_within"]) for name, rule in layout.derive.items()}

    def readings(self, parts: Sequence[str]) -> list[Reading]:
        base = {name: self._column(rule) for name, rule in self.layout.columns.items()}
        for name, rule in self.layout.columns.items():
            if "for" in rule:
                classes = zip(base[name], base["account_class"], strict=True)
                base[name] = [cell if account_class in rule["for"] else None for cell, account_class in classes]
        base["lea_id"] = self._lea()
        base["fiscal_year"] = self._fiscal_year()
        amounts = [(dict(entry), self._amount(entry, base)) for entry in self.layout.amounts]
        variants, reasons = list(self._variants(base, amounts)), self._reasons(base)
        years = base["fiscal_year"] if self._leaves_years_aside else None
        own = [i for i in range(self.size) if years is None or years[i] == str(self.slot[1])]
        place = lea_places(own, base["lea_id"])
        # These belong to no LEA: of a file of several, the first part counts them.
        bare = {FOOTER: len(self.raw.footer_rows), BLANK: len(self.raw.blank_rows), OTHER_YEAR: self.size - len(own)}
        if not parts:
            read = [self._reading(own, base, amounts, variants, reasons, bare)]
        else:
            first = min(place, default="")
            read = [
                self._reading(place.get(lea, ()), base, amounts, variants, reasons, bare if lea == first else {})
                for lea in parts
            ]
        for reading in read:
            reading.lea_ids = sorted(place)
        return read

    @property
    def _leaves_years_aside(self) -> bool:
        return (self.layout.fiscal_year or {}).get("other_years") == "left_aside"

    def _reading(self, own: Sequence[int], base, amounts, variants, reasons: list[str | None], bare) -> Reading:
        reasons = {i: reasons[i] for i in own}
        kept = [i for i in own if reasons[i] is None]
        columns: dict[str, Cells] = {name: [] for name in self.contract.column_names}
        row_numbers: list[int] = []
        with_row: set[int] = set()
        for variant, cells in variants:
            skips = variant.get("skips")
            rows = kept if skips is None else [i for i in kept if not skips(cells[i])]
            with_row.update(rows)
            row_numbers += [int(self.raw.row_numbers[i]) for i in rows]
            given = variant.get("cells", {})
            for name in self.contract.column_names:
                source = given.get(name) or base.get(name)
                columns[name] += [source[i] for i in rows] if source else [None] * len(rows)
        for i in kept:
            if i not in with_row:
                reasons[i] = NO_AMOUNT
        record_count = len(own) + sum(bare.values())
        reading = new_reading(self.layout.name, self.contract, columns, row_numbers, record_count)
        reading.faults = sum_faults(self.raw, self.layout, kept, self._cells, self.slot[1])
        reading.excluded = self._excluded({i: reason for i, reason in reasons.items() if reason}, amounts, bare)
        return reading

    def _variants(self, base: dict[str, Cells], amounts: list[tuple[dict, Cells]]):
        """The rows each record becomes: one for each amount, or for each entry of `rows`, or just one."""
        money = self.contract.amount_column
        for entry, cells in amounts:
            kind = [entry["amount_type"]] * self.size
            yield (
                {
                    "skips": is_zero_or_empty if entry.get("skip_zero") else None,
                    "cells": {money: cells, "amount_type": kind},
                },
                cells,
            )
        for row in self.layout.rows:
            given = {
                name: self._column(rule if isinstance(rule, dict) else {"value": rule})
                for name, rule in row.items()
                if name != "skip_empty"
            }
            tested = given.get(row.get("skip_empty"))
            yield {"skips": is_empty if tested else None, "cells": given}, tested or [None] * self.size
        if not amounts and not self.layout.rows:
            yield {}, [None] * self.size

    def _counted(self, names: list[str]) -> Cells:
        """How often, from the top, the same cells have stood in these columns: 1, 2 ..."""
        seen: Counter = Counter()
        counts: Cells = []
        for key in zip(*(self._cells(name) for name in names), strict=True):
            seen[key] += 1
            counts.append(str(seen[key]))
        return counts

    def _cells(self, name: str) -> Cells:
        if folded(str(name)) in getattr(self, "derived", {}):
            return self.derived[folded(str(name))]
        index = self.position[folded(str(name))]
        if index not in self._texts:
            self._texts[index] = self.raw.columns[index].to_pylist()
        return self._texts[index]

    def _column(self, rule: dict[str, Any]) -> Cells:
        if "value" in rule:
            return [None if rule["value"] is None else str(rule["value"])] * self.size
        if "sum" in rule:
            return added(rule, self.layout.number, self._cells, range(self.size))
        names = rule["from"] if isinstance(rule["from"], list) else [rule["from"]]
        cells = self._cells(names[0])
        for name in names[1:]:
            cells = [first or other for first, other in zip(cells, self._cells(name), strict=True)]
        cache: dict[str | None, str | None] = {}
        for cell in cells:
            if cell not in cache:
                cache[cell] = self._cell(cell, rule)
        return [cache[cell] for cell in cells]

    def _cell(self, cell: str | None, rule: dict[str, Any]) -> str | None:
        text = cell.replace("\u00a0", " ").strip() if cell is not None else None
        text = text or rule.get("empty_as")
        if text is None:
            return None
        if rule.get("number"):
            text = plain_number(text, rule["number"] if isinstance(rule["number"], dict) else self.layout.number)
        if "round" in rule:
            text = rounded(text, rule["round"])
        if rule.get("pad") and text.isascii() and text.isdigit():
            text = text.zfill(rule["pad"])
        if rule.get("keep"):
            text = text[: rule["keep"]]
        if rule.get("date"):
            text = iso_date(text, rule["date"])
        if "map" in rule:
            text = {str(k): v for k, v in rule["map"].items()}.get(text, text)
        if "lookup" in rule:
            return self._lookup(text, rule)
        return text

    def _lookup(self, text: str, rule: dict[str, Any]) -> str | None:
        for row in self.references.get(rule["lookup"], []):
            low, high = row["code"], row.get("code_to") or row["code"]
            if row.get("dimension") == rule.get("dimension") and len(low) == len(text) and low <= text <= high:
                return row[rule.get("column", "account_class")]
        return rule.get("otherwise")

    def _lea(self) -> Cells:
        if not self.layout.lea:
            return [self.slot[0]] * self.size
        alias = {folded_name(row["alias"]): row["lea_id"] for row in self.references.get("lea_alias", [])}
        return [alias.get(folded_name(cell or ""), cell) for cell in self._column(self.layout.lea)]

    def _fiscal_year(self) -> Cells:
        rule = self.layout.fiscal_year
        if not rule:
            return [str(self.slot[1])] * self.size
        add = rule.get("add", 0)
        return [str(int(c) + add) if c is not None and _YEAR.fullmatch(c) else c for c in self._column(rule)]

    def _amount(self, entry: dict[str, Any], base: dict[str, Cells]) -> Cells:
        if "from" in entry:
            texts = [plain_number(cell, self.layout.number) for cell in self._cells(entry["from"])]
        else:
            debits, credits = self._cells(entry["debit"]), self._cells(entry["credit"])
            texts = [debit_less_credit(d, c, self.layout.number) for d, c in zip(debits, credits, strict=True)]
        if self.layout.sign != "debit_positive":
            return texts
        classes = base.get("account_class") or [None] * self.size
        return [negated(t) if k in CREDIT_CLASSES else t for t, k in zip(texts, classes, strict=True)]

    def _reasons(self, base: dict[str, Cells]) -> list[str | None]:
        reasons: list[str | None] = [None] * self.size
        for entry in self.layout.exclude:
            tests = []
            for name, wanted in entry["when"].items():
                pairs = wanted.items() if name == "mapped" else [(name, wanted)]
                for column, condition in pairs:
                    cells = (base.get(column) or [None] * self.size) if name == "mapped" else self._cells(column)
                    tests.append((cells, condition))
            for i in range(self.size):
                if reasons[i] is None and all(meets(cells[i], condition) for cells, condition in tests):
                    reasons[i] = entry["reason"]
        return reasons

    def _excluded(
        self, reasons: dict[int, str], amounts: list[tuple[dict, Cells]], bare: dict[str, int]
    ) -> list[Excluded]:
        groups = {reason: Excluded(reason, count) for reason, count in bare.items() if count}
        for i, reason in reasons.items():
            group = groups.setdefault(reason, Excluded(reason))
            group.record_count += 1
            for _, cells in amounts if reason != NO_AMOUNT else []:
                number = decimal_of(cells[i])
                if number is None:
                    group.unreadable.append((int(self.raw.row_numbers[i]), cells[i]))
                else:
                    group.amount = EXACT.add(group.amount, number)
        return list(groups.values())
