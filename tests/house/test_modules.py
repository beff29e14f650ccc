"""Python modules keep the order of the house: who may import whom, how long, how named, and that each says what it is for.

Belongs here: what can be read from the source with `ast`. Does not belong here: anything that runs the code.
"""

import ast
from pathlib import Path

PROJECT = Path(__file__).parents[2]
MAY_IMPORT = {
    "expectations": set(),
    "ingest": {"expectations"},
    "publish": {"ingest", "expectations"},
    "allocation": {"ingest"},
    "portal": {"publish", "ingest", "expectations"},
    "dagster_project": {"allocation", "publish", "ingest", "expectations", "sample"},
    "sample": set(),
    "bench": {"dagster_project", "ingest", "publish", "sample"},
}
"""`sample` imports nobody, so that the truth shares no mistake with what it checks; `bench` measures the others, and nobody imports it."""

SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
LONGEST_MODULE, LONGEST_MODEL = 300, 120

MODULES = sorted(path for house in MAY_IMPORT for path in (PROJECT / house).rglob("*.py"))
TESTS = sorted((PROJECT / "tests").rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}
MODELS = sorted((PROJECT / "dbt" / "models").rglob("*.sql"))


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def _imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def test_imports_point_one_way():
    wrong = []
    for path, tree in TREES.items():
        house = path.relative_to(PROJECT).parts[0]
        strangers = _imported(tree) & (MAY_IMPORT.keys() - MAY_IMPORT[house] - {house})
        wrong += [f"{_name(path)} imports {stranger}" for stranger in sorted(strangers)]
    assert not wrong, "\n".join(wrong)


def test_a_module_opens_with_what_belongs_there():
    silent = [_name(path) for path, tree in TREES.items() if tree.body and not ast.get_docstring(tree)]
    assert not silent, f"no module docstring: {silent}"


def test_public_functions_say_what_they_do():
    silent = [
        f"{_name(path)}:{node.lineno} {node.name}"
        for path, tree in TREES.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, "no docstring:\n" + "\n".join(silent)


def test_modules_and_models_stay_short():
    limits = [(path, LONGEST_MODULE) for path in MODULES + TESTS] + [(path, LONGEST_MODEL) for path in MODELS]
    long = [
        f"{_name(path)}: {lines} lines, at most {limit}"
        for path, limit in limits
        if (lines := len(path.read_text("utf-8").splitlines())) > limit
    ]
    assert not long, "\n".join(long)


def test_module_names_say_something():
    empty = [_name(path) for path in MODULES if SAYS_NOTHING & {path.stem, path.parent.name}]
    assert not empty, f"find the missing noun for {empty}"


def test_dbt_is_no_package():
    assert not list((PROJECT / "dbt").rglob("*.py")), "Python below dbt/ would hide the package dbt"
    assert not list(PROJECT.glob("dbt_*.py")), "dbt imports modules of that name"
