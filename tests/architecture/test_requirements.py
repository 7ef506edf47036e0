"""What calgate imports is in its requirements and nothing else: every demo installs them."""

import ast
import json
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = {"calgate", "calgate_radicale", "calgate_packs"}
NOT_IMPORTED = {
    "psycopg",
    "httptools",
    "uvloop",
    "tzdata",
}  # found by SQLAlchemy, uvicorn and zoneinfo themselves

COME_ALONG = {"pydantic", "starlette"}  # with pydantic-settings and FastAPI


def test_runtime_requirements_are_what_is_imported() -> None:
    providers = packages_distributions()
    imported = {
        _normal(distribution)
        for folder in ("src", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        for module in _modules(path) - OWN - sys.stdlib_module_names
        for distribution in providers.get(module, [module])
    }
    assert imported - COME_ALONG == _required() - NOT_IMPORTED


def test_packages_of_node_are_locked_by_hash_and_name_no_host() -> None:
    lock = json.loads((ROOT / "tests" / "interop" / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    for each in packages.values():
        assert each["integrity"].startswith("sha512-") and "resolved" not in each


def _required() -> set[str]:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    return {_normal(re.split(r"[\[<>=; ]", line)[0]) for line in lines if line and line[0].isalpha()}


def _modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
