"""From what a table is built, and what is built from it: the nearest things an analyst knows, past every step between.

Belongs here: those ways, and their picture. Does not belong here: where the names come from (`manifest_words`), pages (`pages`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from publish.site.catalogue import Catalogue, Node

ORDER = ("collection", "table", "reference", "register")
WORDS = {
    "collection": "what districts send",
    "table": "tables",
    "reference": "reference tables",
    "register": "the register of submissions",
}
WIDTH, BOX, STEP, INDENT = 340, 28, 36, 40
MOST = 9
"""Boxes above or below a table's own; the list beside the picture has them all."""


@dataclass(frozen=True)
class Ways:
    """`above`, `below`: the nearest nodes; `steps`: calculations on the way from above, nearest first."""

    above: tuple[Node, ...]
    steps: tuple[Node, ...]
    below: tuple[Node, ...]


class Lineage:
    """The ways between the tables of a catalogue; a table it does not have counts as a step."""

    def __init__(self, catalogue: Catalogue):
        self.nodes = catalogue.nodes
        self.known = set(catalogue.tables)
        self.nearest = {f"table:{name}": self._above(f"table:{name}") for name in sorted(self.known)}

    def of(self, table: str) -> Ways:
        """The ways to and from a table."""
        above, steps = self.nearest.get(f"table:{table}", ((), ()))
        below = [one for one, (parents, _) in self.nearest.items() if f"table:{table}" in parents]
        return Ways(self._sorted(above), tuple(self.nodes[one] for one in steps), self._sorted(below))

    def _above(self, start: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if start not in self.nodes:
            return (), ()
        found, steps, waiting = set(), {}, list(self.nodes[start].parents)
        while waiting:
            one = waiting.pop(0)
            node = self.nodes[one]
            if self._is_end(node):
                found.add(one)
            elif one not in steps:
                steps[one] = None
                waiting += node.parents
        return tuple(found), tuple(steps)

    def _is_end(self, node: Node) -> bool:
        return node.kind not in ("step", "table") or (node.kind == "table" and node.name in self.known)

    def _sorted(self, keys: Iterable[str]) -> tuple[Node, ...]:
        return tuple(sorted((self.nodes[one] for one in keys), key=lambda node: (ORDER.index(node.kind), node.name)))


def picture(table: str, ways: Ways) -> str:
    """The ways as a drawing of boxes, tall and narrow so that a phone shows it whole; empty if there are none."""
    above, below = _boxes(ways.above), _boxes(ways.below)
    if not above and not below:
        return ""
    shapes, top = [], 1
    shapes += _hung(above, top, down_to=top + len(above) * STEP)
    top += len(above) * STEP
    shapes.append(_box(0, top, table, "own"))
    shapes += _hung(below, top + STEP, up_to=top + BOX)
    height = top + BOX + len(below) * STEP + 2
    label = f"{table}: built from {_counted(above)}; from it are built {_counted(below)}. The lists below name them."
    return (
        f'<svg class="ways" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-label="{escape(label)}">'
        + "".join(shapes)
        + "</svg>"
    )


def _boxes(nodes: Sequence[Node]) -> list[tuple[str, str]]:
    """Reference tables are one box: there are many, and the list names them."""
    named = [(node.name, node.kind) for node in nodes if node.kind in ("collection", "table")]
    references = sum(node.kind == "reference" for node in nodes)
    if len(named) > MOST:
        named = [*named[: MOST - 1], (f"{len(named) - MOST + 1} more", "table")]
    counted = f"{references} reference table{'s' if references > 1 else ''}"
    return named + ([(counted, "reference")] if references else [])


def _hung(boxes: Sequence[tuple[str, str]], top: int, down_to: int = 0, up_to: int = 0) -> list[str]:
    if not boxes:
        return []
    middles = [top + number * STEP + BOX / 2 for number in range(len(boxes))]
    line = (middles[0], down_to) if down_to else (up_to, middles[-1])
    head = f'<path class="head" d="M{INDENT / 2 - 4} {down_to - 7}h8l-4 7z"/>' if down_to else ""
    shapes = [f'<path d="M{INDENT / 2} {line[0]}V{line[1]}"/>{head}']
    for number, (name, kind) in enumerate(boxes):
        shapes.append(f'<path d="M{INDENT / 2} {middles[number]}H{INDENT}"/>')
        shapes.append(_box(INDENT, top + number * STEP, name, kind))
        if up_to:
            shapes.append(f'<path class="head" d="M{INDENT - 7} {middles[number] - 4}v8l7-4z"/>')
    return shapes


def _box(left: int, top: int, text: str, kind: str) -> str:
    return (
        f'<rect class="{kind}" x="{left + 1}" y="{top}" width="{WIDTH - left - 2}" height="{BOX}" rx="3"/>'
        f'<text x="{left + 10}" y="{top + 19}">{escape(text)}</text>'
    )


def _counted(boxes: Sequence[tuple[str, str]]) -> str:
    return ", ".join(name for name, _ in boxes) or "nothing"


def grouped(nodes: Iterable[Node]) -> Mapping[str, list[Node]]:
    """Nodes under the words of their kind."""
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault(WORDS[node.kind], []).append(node)
    return found
