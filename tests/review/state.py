"""The sample's files as sent last, and what is sent in their place.

Belongs here: reading and sending files of one home, and which rows make which national account. Does not belong here: what is planted.
"""

import csv
from collections import defaultdict
from decimal import Decimal

import yaml

from ingest.contracts import contracts
from ingest.registry import Registry
from ingest.settings import Settings, project_folder

ACTUAL = ("actual_audited", "actual_unaudited")
OF_COLLECTION = {"staff": "fall", "membership": "fall", "sections": "fall", "outcomes": "final"}
YEAR = 2025
OWN = "district_export"
"""A layout whose columns are the standard ones under the same names: only the name of the layout differs."""

ACCOUNTS = """
    select lea_id, fiscal_year, row_number, account_class, amount,
        concat_ws(' ', account_class, fund_code, function_code, object_code, source_code) as account,
        count(*) over (partition by submission_id, row_number, amount_type) as split_count
    from fct_ledger_mapped
    where is_chosen and amount_type = 'actual' and account_class in ('expenditure', 'revenue') and lea_id in ({leas})
"""


class State:
    """One home: its files by slot, its national accounts, and a way to send others."""

    def __init__(self, home):
        self.home, self.folder = home, home.path / "sample"
        with (self.folder / "manifest.csv").open() as stream:
            rows = list(csv.DictReader(stream))
        self.latest = {
            (row["lea_id"], row["collection"], int(row["fiscal_year"]), row["reporting_period"]): row for row in rows
        }

    def period(self, lea_id: str, collection: str, fiscal_year: int = YEAR) -> str:
        """The reporting period the marts take."""
        if collection != "ledger":
            return OF_COLLECTION[collection]
        return next(one for one in ACTUAL if (lea_id, "ledger", fiscal_year, one) in self.latest)

    def school_levels(self, lea_id: str) -> dict[str, str]:
        """The level of each school, from the directory."""
        with (self.folder / "reference" / "schools.csv").open(newline="") as stream:
            return {row["school_id"]: row["school_level"] for row in csv.DictReader(stream) if row["lea_id"] == lea_id}

    def objects(self, first_digit: str) -> list[str]:
        """Object codes of the state's chart, as every district's books know them."""
        with (project_folder() / "states" / "sample" / "account_codes.csv").open(newline="") as stream:
            codes = [row for row in csv.DictReader(stream) if row["dimension"] == "object"]
        return [row["code"] for row in codes if row["code"].startswith(first_digit) and not row["last_fiscal_year"]]

    def rows(self, lea_id: str, collection: str, fiscal_year: int = YEAR) -> list[dict[str, str]]:
        """The rows of a file, to be changed and sent."""
        key = lea_id, collection, fiscal_year, self.period(lea_id, collection, fiscal_year)
        with (self.folder / self.latest[key]["file"]).open(newline="") as stream:
            return list(csv.DictReader(stream))

    def send(self, files: dict[tuple[str, str], list[dict[str, str]]], own) -> None:
        """Send rows as corrections, by LEA and collection, those of `own` in the layout OWN."""
        names = ("file", "lea_id", "collection", "fiscal_year", "reporting_period", "layout")
        listed = [names]
        for (lea_id, collection), rows in files.items():
            path = self.home.path / f"{lea_id}_{collection}.csv"
            with path.open("w", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            layout = f"{collection}_{OWN}" if (lea_id, collection) in own else "standard"
            listed.append((path.name, lea_id, collection, YEAR, self.period(lea_id, collection), layout))
        manifest = self.home.path / "planted.csv"
        with manifest.open("w", newline="") as stream:
            csv.writer(stream).writerows(listed)
        self.home.ok("submit", "--manifest", manifest)

    def findings(self, edit_ids) -> dict[tuple[str, str], dict]:
        """What these edits say of the slots of YEAR that the marts take: edit and item, with the finding."""
        registry = Registry.open(Settings(home=self.home.path, state="sample"))
        found = {}
        for row in sorted(registry.submissions(), key=lambda row: row.version):
            periods = ACTUAL if row.collection == "ledger" else (OF_COLLECTION[row.collection],)
            if row.fiscal_year != YEAR or row.reporting_period not in periods:
                continue
            if row.reporting_period == self.period(row.lea_id, row.collection):
                listed = [one for one in registry.findings(row.submission_id) if one.edit_id in edit_ids]
                found[row.lea_id, row.collection] = {(one.edit_id, one.item_key): one for one in listed}
        registry.close()
        return found

    def read_accounts(self, leas) -> None:
        """Learn which rows of the books make which national account, and what each held in both years."""
        query = ACCOUNTS.format(leas=", ".join(f"'{one}'" for one in sorted(leas)))
        self.sums = defaultdict(lambda: defaultdict(Decimal))
        self.places = defaultdict(lambda: defaultdict(list))
        mixed = defaultdict(set)
        for row in csv.DictReader(self.home.ok("sql", query, "--format", "csv").splitlines()):
            key = row["lea_id"], int(row["fiscal_year"])
            self.sums[key][row["account"]] += Decimal(row["amount"])
            self.places[key][row["account"]].append(int(row["row_number"]) - 2)
            if int(row["split_count"]) > 1:
                mixed[key].add(row["account"])
        for key, accounts in mixed.items():
            for account in accounts:
                del self.places[key][account]

    def accounts(self, lea_id: str) -> list[tuple[str, Decimal, Decimal | None, list[int]]]:
        """Accounts of spending of this year, largest first: name, amount, last year's amount, rows (counted from 0)."""
        now, last = self.sums[lea_id, YEAR], self.sums[lea_id, YEAR - 1]
        found = [
            (name, now[name], last.get(name), rows)
            for name, rows in self.places[lea_id, YEAR].items()
            if name.startswith("expenditure")
        ]
        return sorted(found, key=lambda one: -one[1])


def own_layout(collection: str, headers) -> str:
    """The layout OWN for a file of these columns."""
    header_of = contracts(project_folder() / "dbt" / "models" / "sources")[collection]
    columns = {one.name: one.header for one in header_of.columns if one.header in headers}
    said = {
        "layout": f"{collection}_{OWN}",
        "collection": collection,
        "title": "Standard columns",
        "source": "this test",
    }
    said |= {"file": {"format": "csv", "encoding": "utf-8", "delimiter": ","}, "header": list(headers)}
    said |= {"lea": {"from": columns.pop("lea_id")}, "fiscal_year": {"from": columns.pop("fiscal_year")}}
    return yaml.safe_dump(said | {"columns": columns}, sort_keys=False)


def pupils(rows) -> dict[str, int]:
    """Pupils of each school of a membership file."""
    sizes = {}
    for row in rows:
        if row["School ID"] and row["Student Group"] == "all":
            sizes[row["School ID"]] = sizes.get(row["School ID"], 0) + int(row["Fall Membership Count"] or 0)
    return sizes
