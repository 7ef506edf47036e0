import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOMAIN = sorted((ROOT / "src" / "calgate" / "domain").rglob("*.py"))
IMPURE_CALLS = {"now", "today", "utcnow", "open", "print", "input", "uuid1", "uuid4"}


LINT = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True))"


def test_import_contracts_hold() -> None:
    # In a process of its own: import-linter switches off the loggers that exist already.
    done = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_asks_no_clock_and_touches_no_file(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    names = {(_name(call), call.lineno) for call in calls if _name(call) in IMPURE_CALLS}
    assert names == set()


def test_the_program_names_itself_in_one_place() -> None:
    sources = [path for folder in ("src", "plugins") for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in sources if "//EN" in path.read_text()] == ["text.py"]


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
