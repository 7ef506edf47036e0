import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from calgate.settings import Settings, SettingsError, find_config, load_settings

TEMPLATE = Path(__file__).parents[2] / "config" / "calgate.toml"


@pytest.fixture(autouse=True)
def no_settings_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CALGATE_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "calgate.toml"
    path.write_text(text)
    return path


def test_the_template_lists_every_key_with_its_default() -> None:
    defaults = {
        section: {
            key: value.get_secret_value() if isinstance(value, SecretStr) else value
            for key, value in values.items()
        }
        for section, values in Settings().model_dump().items()
    }
    defaults["server"]["trusted_proxies"] = list(defaults["server"]["trusted_proxies"])
    defaults["secrets"]["keys_dir"] = str(defaults["secrets"]["keys_dir"])
    assert tomllib.loads(TEMPLATE.read_text()) == defaults


def test_the_template_says_why_on_every_line() -> None:
    lines = [line for line in TEMPLATE.read_text().splitlines() if " = " in line and not line.startswith("#")]
    assert [line for line in lines if "  # " not in line] == []


def test_the_template_loads() -> None:
    assert load_settings(TEMPLATE).server == Settings().server


def test_a_file_overrides_defaults_and_the_environment_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, '[server]\nport = 6000\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("CALGATE_SERVER__PORT", "7000")
    settings = load_settings(path)
    assert (settings.server.host, settings.server.port) == ("0.0.0.0", 7000)


def test_lists_come_from_the_environment_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALGATE_SERVER__TRUSTED_PROXIES", '["10.0.0.1"]')
    assert load_settings().server.trusted_proxies == ("10.0.0.1",)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nprot = 1\n", ("'server.prot'", "'server.port'")),
        ("[sever]\nport = 1\n", ("'sever.port'", "'server.port'")),
        ("[databse]\n", ("'databse'", "'database'")),
        ("port = 1\n", ("'port'", "'server.port'")),
    ],
)
def test_unknown_keys_name_the_nearest_known_one(tmp_path: Path, text: str, named: tuple[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text))
    assert all(name in str(caught.value) for name in named)


@pytest.mark.parametrize("name", ["CALGATE_SERVER__PROT", "CALGATE_SEVER__PORT"])
def test_unknown_variables_name_the_nearest_known_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"{name} .*CALGATE_SERVER__PORT"):
        load_settings()


@pytest.mark.parametrize(
    "text",
    [
        '[google]\nclient_secret = ["hunter2"]\n',
        '[database]\nurl = "mysql://u:hunter2@h/d"\n',
        '[google]\nclient_secrt = "hunter2"\n',
        '[google]\nclient_secret = "hunter2\n',
    ],
)
def test_errors_hold_no_value(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text))
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_a_printed_setting_holds_no_secret(tmp_path: Path) -> None:
    text = '[google]\nclient_secret = "hunter2"\n[database]\nurl = "postgresql://u:hunter2@h/d"\n'
    settings = load_settings(write(tmp_path, text))
    assert "hunter2" not in repr(settings) + str(settings)
    assert settings.google.client_secret.get_secret_value() == "hunter2"


@pytest.mark.parametrize(
    ("text", "named"), [("[server]\nport = 99999\n", "server.port"), ("server = 1\n", "server")]
)
def test_wrong_values_name_the_setting(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=f"The setting {named} is wrong"):
        load_settings(write(tmp_path, text))


def test_relative_paths_begin_at_the_file(tmp_path: Path) -> None:
    text = '[database]\nurl = "sqlite:///sub/a.db"\n[secrets]\nkeys_dir = "k"\n'
    settings = load_settings(write(tmp_path, text))
    assert settings.database.url == f"sqlite:///{tmp_path}/sub/a.db"
    assert settings.secrets.keys_dir == tmp_path / "k"


@pytest.mark.parametrize(
    "url", ["sqlite:////srv/a.db", "sqlite:///:memory:", "sqlite://", "postgresql://h/d"]
)
def test_other_database_addresses_stay(tmp_path: Path, url: str) -> None:
    assert load_settings(write(tmp_path, f'[database]\nurl = "{url}"\n')).database.url == url


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_settings(tmp_path / "none.toml")


def test_the_config_is_the_given_one_then_the_environment_then_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_config() is None
    write(tmp_path, "")
    assert find_config() == Path("calgate.toml")
    monkeypatch.setenv("CALGATE_CONFIG", "other.toml")
    assert find_config() == Path("other.toml")
    assert find_config(Path("given.toml")) == Path("given.toml")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", "http://127.0.0.1:5232"),
        ('[server]\npublic_url = "https://cal.example.org/"\n', "https://cal.example.org"),
    ],
)
def test_public_url(tmp_path: Path, text: str, url: str) -> None:
    assert load_settings(write(tmp_path, text)).public_url == url
