"""Settings: one TOML file, overridden by the environment (CALGATE_SECTION__KEY)."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "CALGATE_"
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")]
BaseUrl = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s/]+[^\s]*)?$")]

DatabaseUrl = Annotated[str, Field(repr=False, pattern=r"^(sqlite|postgresql(\+psycopg)?)://")]


class SettingsError(ValueError):
    """A setting is unknown or wrong; the text is one sentence that names it and never its value."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Server(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 5232
    public_url: BaseUrl = ""
    trusted_proxies: tuple[str, ...] = ()


class Database(Section):
    url: DatabaseUrl = "sqlite:///calgate.db"


class Secrets(Section):
    keys_dir: Path = Path("keys")


class Google(Section):
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    api_endpoint: Annotated[Url, StringConstraints(pattern=r"/calendar/v3/$")] = (
        "https://www.googleapis.com/calendar/v3/"
    )
    auth_uri: Url = "https://accounts.google.com/o/oauth2/v2/auth"
    token_uri: Url = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, no secret
    revoke_uri: Url = "https://oauth2.googleapis.com/revoke"
    callback_base: BaseUrl = ""


class Feeds(Section):
    refresh_minutes: Annotated[int, Field(ge=5, le=7 * 24 * 60)] = 60
    threads: Annotated[int, Field(ge=1)] = 4


class Dav(Section):
    max_body_bytes: Annotated[int, Field(ge=1)] = 5_000_000
    body_seconds: Annotated[float, Field(gt=0)] = 30
    threads: Annotated[int, Field(ge=1)] = 4


class Profile(Section):
    certificate: str = ""
    key: str = ""


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class ClockSettings(Section):
    offset_seconds: float = 0

    @property
    def offset(self) -> timedelta:
        return timedelta(seconds=self.offset_seconds)


class Settings(BaseSettings):
    """All settings; every section and key has a default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    server: Server = Server()
    database: Database = Database()
    secrets: Secrets = Secrets()
    google: Google = Google()
    feeds: Feeds = Feeds()
    dav: Dav = Dav()
    profile: Profile = Profile()
    log: Log = Log()
    clock: ClockSettings = ClockSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings

    @property
    def public_url(self) -> str:
        """The address that people use, without a slash at its end."""
        return (self.server.public_url or f"http://{self.server.host}:{self.server.port}").rstrip("/")


def find_config(given: Path | None = None) -> Path | None:
    """The configuration file: the one given, CALGATE_CONFIG, ./calgate.toml, else none (defaults)."""
    if given is not None:
        return given
    if named := os.environ.get("CALGATE_CONFIG"):
        return Path(named)
    beside = Path("calgate.toml")
    return beside if beside.is_file() else None


def load_settings(path: Path | None = None) -> Settings:
    """Settings of a file (None: defaults) and the environment. Raises SettingsError.

    Relative paths in a file (keys_dir, a SQLite database, [profile]) begin at the file's folder.
    """
    values = _read(path) if path else {}
    _refuse_unknown(values, path)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    return _anchored(settings, path.resolve().parent) if path else settings


def to_toml(settings: Settings) -> str:
    """What differs from the defaults, as a settings file: secrets included, so mind where it goes."""
    lines: list[str] = []
    for section in Settings.model_fields:
        given, default = getattr(settings, section), Settings.model_fields[section].default
        values = {key: getattr(given, key) for key in type(given).model_fields}
        changed = {key: value for key, value in values.items() if value != getattr(default, key)}
        if changed:
            lines += [f"[{section}]", *(f"{key} = {_toml(value)}" for key, value in changed.items()), ""]
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    # A JSON text, number, boolean or list of texts is a TOML one as well.
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None


def _known() -> dict[str, list[str]]:
    return {
        name: list(field.annotation.model_fields)
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }


def _refuse_unknown(values: Mapping[str, Any], path: Path | None) -> None:
    known = _known()
    keys = {f"{section}.{key}" for section, names in known.items() for key in names}
    for name in _names(values):
        if name not in keys and name not in known:
            raise SettingsError(f"{path} has the unknown key '{name}'{_nearest(name, [*keys, *known])}.")
    variables = {(PREFIX + key.replace(".", "__")).upper() for key in keys}
    for variable in os.environ:
        if variable.startswith(PREFIX) and "__" in variable and variable.upper() not in variables:
            near = _nearest(variable, list(variables))
            raise SettingsError(f"The environment variable {variable} names no setting{near}.")


def _names(values: Mapping[str, Any]) -> Iterator[str]:
    """The dotted names of a file's keys; a section that is no table is named itself."""
    for section, content in values.items():
        if isinstance(content, dict) and content:
            yield from (f"{section}.{key}" for key in content)
        else:
            yield section


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1, 0.5)
    return f"; did you mean '{near[0]}'" if near else ""


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    return f"The setting {name} is wrong: {first['msg'][:1].lower()}{first['msg'][1:]}."


def _anchored(settings: Settings, folder: Path) -> Settings:
    url, prefix = settings.database.url, "sqlite:///"
    name = url.removeprefix(prefix)
    if url.startswith(prefix) and name and not name.startswith(("/", ":memory:", "file:")):
        url = f"{prefix}{folder / name}"
    secrets = Secrets(keys_dir=folder / settings.secrets.keys_dir)
    files = settings.profile.model_dump()
    profile = Profile(**{name: str(folder / file) if file else "" for name, file in files.items()})
    changed = {"database": Database(url=url), "secrets": secrets, "profile": profile}
    return settings.model_copy(update=changed)
