import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from calgate.gate.keys import KEY_FILE, Keys, open_keys


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: open_keys(tmp_path / "keys"), range(16)))
    assert len(found) == 1
    assert [each.name for each in (tmp_path / "keys").iterdir()] == [KEY_FILE]


def test_the_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    open_keys(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "abcd", "no hex at all"])
def test_a_damaged_key_is_an_error_and_stays(tmp_path: Path, text: str) -> None:
    (tmp_path / KEY_FILE).write_text(text)
    with pytest.raises(ValueError):
        open_keys(tmp_path)
    assert (tmp_path / KEY_FILE).read_text() == text


def test_parts_of_a_digest_do_not_run_into_each_other() -> None:
    keys = Keys(b"k" * 32)
    assert keys.digest("p", "ab", "c") != keys.digest("p", "a", "bc")
    assert keys.digest("p", "a") != keys.digest("q", "a")
    assert "k" * 8 not in repr(keys)
