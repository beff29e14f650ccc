"""GLOSSARY.md as a page with an anchor for each term, and the terms for other pages to link to.

Belongs here: finding terms, leaving out what names a table that is not there. Does not belong here: the words themselves (GLOSSARY.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from publish.site.definitions import anchor_of, knowledge

# A term is bold and followed by a dash or, within another's entry, a colon; several share one entry with commas between.
TERM = re.compile(r"\*\*([^*]+)\*\*(?= [\u2013-] |: )")
SCROLL = '<div class="scroll" role="region" tabindex="0" aria-label="How columns are named">'
BLOCKS = re.compile(r"\n{2,}")


@dataclass(frozen=True)
class Term:
    term: str
    anchor: str
    opening: str


@dataclass(frozen=True)
class Glossary:
    """`html`: the body of the page; `terms` in the order of the page."""

    html: str
    terms: tuple[Term, ...]


def glossary(text: str, hidden: Iterable[str]) -> Glossary:
    """The glossary without its title, and without entries and rows that name one of the hidden tables."""
    blocks, terms, used = [], [], set()
    for block in BLOCKS.split(text.partition("\n")[2].strip()):
        kept = _without(block, hidden)
        if not kept:
            continue
        for found in TERM.finditer(kept):
            opening = " ".join(kept[found.end() :].split()).lstrip("\u2013-: ")
            terms += [Term(one, _anchor(one, used), opening) for one in found[1].split(", ")]
        blocks.append(kept)
    return Glossary(_anchored("\n\n".join(blocks)), tuple(terms))


def linked_terms(terms: Iterable[Term]) -> dict[str, str]:
    """The anchors of the terms that another page links where they stand as they are, the longest first."""
    kept = {term.term: term.anchor for term in reversed(list(terms)) if term.term not in knowledge()["never_linked"]}
    return dict(sorted(kept.items(), key=lambda one: (-len(one[0]), one[0])))


def _without(block: str, hidden: Iterable[str]) -> str:
    """An entry that names a hidden table is left out whole, of a table of the glossary its row."""
    names = list(hidden)
    if not names:
        return block
    telling = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
    if block.startswith("|"):
        return "\n".join(line for line in block.splitlines() if not telling.search(line))
    return "" if telling.search(block) else block


def _anchored(text: str) -> str:
    from markdown_it import MarkdownIt

    used: set[str] = set()
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    html = re.sub(r"<strong>([^<]+)</strong>(?= [\u2013-] |: )", lambda found: _strong(found[1], used), html)
    # A file of the repository is no page of the site.
    html = re.sub(r'<a href="[^"#][^"]*">([^<]*)</a>', r"\1", html)
    return html.replace("<table>", f"{SCROLL}<table>").replace("</table>", "</table></div>")


def _strong(words: str, used: set[str]) -> str:
    first, *others = [_anchor(one, used) for one in words.split(", ")]
    marks = "".join(f'<span id="{one}"></span>' for one in others)
    return f'<strong id="{first}">{marks}{words}</strong>'


def _anchor(term: str, used: set[str]) -> str:
    """Terms in the order of the text; one that stands there twice has a number."""
    wanted = f"term-{anchor_of(term)}"
    anchor = wanted if wanted not in used else f"{wanted}-{len(used)}"
    used.add(anchor)
    return anchor
