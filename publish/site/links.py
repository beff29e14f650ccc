"""Plain words with links: tables, columns, definitions and terms of the glossary where they stand as they are.

Belongs here: turning a sentence into HTML, everything in it escaped. Does not belong here: which terms there are (`glossary`), whole pages (`pages`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

CODE = re.compile(r"`([^`]+)`")
PLAIN_CODE = re.compile(r"<code>([\w.]+)</code>")


def table_page(name: str) -> str:
    """The file of a table's page."""
    return f"table-{name}.html"


def breakable(name: str) -> Markup:
    """A name that may go on in the next line after an underscore."""
    return escape(name).replace("_", Markup("_<wbr>"))


class Links:
    """Where names lead. `terms`: anchors of the glossary's terms, longest first; `definitions`: addresses by id; `references`: by reference table."""

    def __init__(
        self,
        columns: Mapping[str, Iterable[str]],
        terms: Mapping[str, str],
        definitions: Mapping[str, str],
        references: Mapping[str, str],
    ):
        self.columns = {table: set(names) for table, names in columns.items()}
        self.terms, self.definitions, self.references = terms, definitions, references
        # A name without an underscore is a word as well (`peers`): it is a table only where it stands as code.
        named = [re.escape(name) for name in sorted({*self.columns, *references}, key=len, reverse=True) if "_" in name]
        words = [rf"(?<![\w-]){re.escape(term)}(?![\w-])" for term in terms]
        self.plain = re.compile("|".join([*(rf"\b{name}\b" for name in named), *words]) or r"(?!)")

    def page(self, here: str = "") -> PageLinks:
        """The links of one page; a term is linked where it stands first."""
        return PageLinks(self, here)


class PageLinks:
    """`here`: the table the page is of, or nothing."""

    def __init__(self, links: Links, here: str):
        self.links, self.here = links, here
        self.linked: set[str] = set()

    def html(self, text: str) -> Markup:
        """A sentence as HTML; what stands in backticks becomes code."""
        parts = CODE.split(text)
        return Markup("").join(
            self._code(part) if number % 2 else self._plain(part) for number, part in enumerate(parts)
        )

    def in_html(self, html: str) -> Markup:
        """HTML of the project's own in which names that stand as code lead somewhere."""
        return Markup(PLAIN_CODE.sub(lambda found: str(self._code(found[1])), html))

    def _code(self, text: str) -> Markup:
        address = self._address(text)
        shown = Markup("<code>{}</code>").format(breakable(text))
        return Markup('<a href="{}">{}</a>').format(address, shown) if address else shown

    def _address(self, name: str) -> str:
        columns = self.links.columns
        if name in columns.get(self.here, ()):
            return f"#c-{name}"
        if name in columns:
            return table_page(name) if name != self.here else ""
        table, _, column = name.partition(".")
        if column and column in columns.get(table, ()):
            return f"{table_page(table)}#c-{column}"
        return self.links.definitions.get(name, "") or self.links.references.get(name.removesuffix(".csv"), "")

    def _plain(self, text: str) -> Markup:
        found, last = Markup(""), 0
        for match in self.links.plain.finditer(text):
            found += escape(text[last : match.start()]) + self._linked(match[0])
            last = match.end()
        return found + escape(text[last:])

    def _linked(self, name: str) -> Markup:
        if name in self.links.columns or name in self.links.references:
            return self._code(name)
        if name in self.linked:
            return escape(name)
        self.linked.add(name)
        return Markup('<a class="term" href="glossary.html#{}">{}</a>').format(self.links.terms[name], name)
