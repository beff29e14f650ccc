"""The blank workbook of a collection, for districts that fill in by hand.

Belongs here: which columns, lists, meanings and edits of a fiscal year the workbook carries.
Does not belong here: cells and sheets as a spreadsheet wants them (`template_sheets`), reading the filled one (`reader_parquet`).
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from pathlib import Path

import yaml

from expectations.reports.report import Code
from expectations.reports.wording import type_in_words, years_of
from ingest.code_lists import CodeLists
from ingest.contracts import Column, Contract
from ingest.edit_list import all_edits
from ingest.reference import gather
from ingest.settings import Settings
from ingest.template_sheets import Field, write_sheets

_DOCS = re.compile(r"{%\s*docs\s+(\w+)\s*%}(.*?){%\s*enddocs\s*%}", re.DOTALL)
_DOC = re.compile(r"{{\s*doc\(\s*['\"](\w+)['\"]\s*\)\s*}}")


def header_line(contract: Contract, fiscal_year: int) -> str:
    """The header of a year's file, as one CSV line."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(c.header for c in contract.columns_in(fiscal_year))
    return text.getvalue()


def write_template(settings: Settings, contract: Contract, fiscal_year: int, lea_id: str, target: Path) -> None:
    """Write the workbook of a collection and year.

    Raises:
        OSError: the target cannot be written.
    """
    codes = _codes(settings, contract, fiscal_year, lea_id)
    meanings = _meanings(settings, contract)
    fields = [
        _field(contract, column, codes.get(column.name, []), meanings.get(column.name, ""))
        for column in contract.columns_in(fiscal_year)
    ]
    write_sheets(contract, fiscal_year, fields, all_edits(settings.project, [contract]), target)


def _field(contract: Contract, column: Column, codes: list[Code], meaning: str) -> Field:
    rules = [rule for rule in contract.rules if rule.column == column.name]
    named = {name for rule in contract.rules if rule.kind == "required_columns" for name in rule.arguments["columns"]}
    is_filled = column.is_required or column.name in named or any(rule.kind == "not_null" for rule in rules)
    return Field(
        header=column.header,
        name=column.name,
        data_type=column.data_type,
        kind=type_in_words(column.data_type),
        presence="never empty" if is_filled else "column may be left out" if column.is_optional else "may be empty",
        years=years_of(column.first_fiscal_year, column.last_fiscal_year),
        meaning=meaning,
        codes=tuple(codes),
        mistakes="; ".join(rule.example for rule in rules if rule.example),
    )


def _codes(settings: Settings, contract: Contract, fiscal_year: int, lea_id: str) -> dict[str, list[Code]]:
    """The codes each column may hold that year; those of a fatal list before those of a warning."""
    with tempfile.TemporaryDirectory() as scratch:
        for path, data in gather(settings).items():
            if path.startswith("seeds/"):
                (Path(scratch) / Path(path).name).write_bytes(data)
        lists = CodeLists(Path(scratch))
        found: dict[str, list[Code]] = {}
        for rule in contract.rules:
            codes = lists.of(rule, fiscal_year, lea_id)
            if codes and rule.column and rule.column not in found:
                found[rule.column] = codes
    return found


def _meanings(settings: Settings, contract: Contract) -> dict[str, str]:
    """What each column means: the docs block its description names, or the description itself."""
    blocks = dict(_DOCS.findall((settings.project / "dbt" / "models" / "elements.md").read_text(encoding="utf-8")))
    document = yaml.safe_load(contract.source_file.read_text(encoding="utf-8"))
    columns = document["sources"][0]["tables"][0]["columns"]
    return {
        one["name"]: " ".join(_DOC.sub(lambda m: blocks.get(m[1], ""), one.get("description", "")).split())
        for one in columns
    }
