"""The policy rows of one pinned reference version, by key and fiscal year. Text in, exact decimals out; nothing is
assumed.
"""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True)
class Policy:
    rows: list[dict[str, str]]

    @classmethod
    def pinned(cls, home: Path, reference_version: str) -> "Policy":
        path = Path(home) / "reference" / reference_version / "seeds" / "policy.csv"
        if not path.is_file():
            return cls([])
        with path.open(encoding="utf-8-sig", newline="") as file:
            return cls(list(csv.DictReader(file)))

    def value(self, policy_key: str) -> str | None:
        """A policy that holds for every year."""
        return next((row["value"] for row in self.rows if row["policy_key"] == policy_key), None)

    def rate(self, policy_key: str, fiscal_year: int) -> Decimal | None:
        for row in self.rows:
            first, last = row["first_fiscal_year"] or fiscal_year, row["last_fiscal_year"] or fiscal_year
            if row["policy_key"] == policy_key and int(first) <= fiscal_year <= int(last):
                return Decimal(row["value"])
        return None
