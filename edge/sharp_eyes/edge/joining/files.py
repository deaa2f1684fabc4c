"""The files that joining leaves: settings, password and authority, for the gateway's own user alone."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sharp_eyes.configuration import read_mapping
from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.contract.joining import JoinCode, JoinGrant, secret_hash
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.joining.exchange import HubAddress

_AUTHORITY = "hub-ca.crt"
_NEW = """\
# The settings of this gateway, written by 'sharp-eyes-edge join'; add cameras and change what you like.
{identity}
data: {data}
settings_from: hub   # what the hub sets for a camera holds before this file's; 'file': this file alone
cameras_from_hub: {{allowed: true}}   # the hub's administrators find, add and remove cameras; false: this file alone

{hub}
cameras: []
"""


def mark_of(code: JoinCode) -> str:
    """Short name of a code, by which settings show that they were written with it; the code cannot be told from it."""
    return secret_hash(code.secret_text)[:8]


def was_joined_with(config: Path, code: JoinCode) -> bool:
    """Whether these settings were written with this code, so that nothing but the look at the connection is left."""
    try:
        text = config.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return f"  # joined with code {mark_of(code)}\n" in text


@dataclass(frozen=True, slots=True)
class PendingPassword:
    """The password that this gateway has made and may have told the hub, kept until the settings are written."""

    file: Path
    password: str

    @classmethod
    def take_up(cls, folder: Path, code: JoinCode) -> "PendingPassword":
        """Take up the password of an interrupted attempt with this code, or make one; it is on disk before it is sent.

        Raises:
            ConfigError: the folder cannot be written.
        """
        file = folder / f".joining-{mark_of(code)}"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if file.is_file():
                return cls(file, str(json.loads(file.read_text(encoding="utf-8"))["password"]))
            password = secrets.token_urlsafe(24)
            write_private(file, json.dumps({"password": password}) + "\n")
        except OSError as error:
            raise ConfigError(f"{folder}: {error.strerror}") from error
        except (ValueError, LookupError, TypeError) as error:
            raise ConfigError(f"{file}: is damaged; remove it and have a new code made at the hub") from error
        return cls(file, password)


def write_settings(
    config: Path, code: JoinCode, grant: JoinGrant, hub_page: HubAddress, password: PendingPassword, data: Path | None
) -> None:
    """Write authority, password and, as the last, the settings; those that are there keep everything else.

    ``hub_page``: where it joined; at that host the broker is too unless the grant names another.

    Raises:
        ConfigError: a file cannot be written, or the settings that are there are no YAML.
    """
    folder = config.parent
    hub: dict[str, Any] = {
        "url": _broker_url(grant, hub_page.host),
        "password_file": f"{grant.gateway}.password",
        "page": str(hub_page),
    }
    try:
        if grant.authority is not None:
            hub["ca_file"] = _AUTHORITY
            write_private(folder / _AUTHORITY, grant.authority)
        write_private(folder / hub["password_file"], password.password + "\n")
        if config.exists():
            write_private(config.with_name(f"{config.name}.before-join"), config.read_bytes())
            text = _changed(config, code, grant, hub, data)
        else:
            text = _NEW.format(
                identity=_identity(code, grant),
                data=_scalar(data.absolute() if data else Path("var") / grant.gateway),
                hub=_block("hub", hub),
            )
        write_private(config, text)
        password.file.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"{error.filename or folder}: {error.strerror}") from error


def _changed(config: Path, code: JoinCode, grant: JoinGrant, hub: dict[str, Any], data: Path | None) -> str:
    """The settings as they are, comments included, with another gateway and hub."""
    before = read_mapping(config, ConfigError)
    text = config.read_text(encoding="utf-8")
    kept = before.get("hub")
    replaced = {"username", "password_file", "ca_file", "url", "page"}
    more = {key: value for key, value in kept.items() if key not in replaced} if isinstance(kept, dict) else {}
    text = _with(text, "hub", _block("hub", {**hub, **more}))
    if data is not None or before.get("gateway") != grant.gateway:
        # What another gateway has waiting is refused under this one's name.
        text = _with(text, "data", f"data: {_scalar(data.absolute() if data else Path('var') / grant.gateway)}\n")
    return _with(text, "gateway", _identity(code, grant) + "\n")


def _with(text: str, key: str, block: str) -> str:
    """Put ``block`` into the place of a key of the outermost mapping; at the top where it is not there."""
    root = yaml.compose(text, yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    lines = text.splitlines(keepends=True)
    for name, value in pairs:
        if name.value != key:
            continue
        first, last = name.start_mark.line, value.end_mark.line
        if value.end_mark.column > 0:
            last += 1
        while last - 1 > first and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
            last -= 1  # comments and blank lines before the next key are not this one's
        return "".join([*lines[:first], block, *lines[max(last, first + 1) :]])
    return block + text


def _identity(code: JoinCode, grant: JoinGrant) -> str:
    return f"gateway: {grant.gateway}  # joined with code {mark_of(code)}"


def _block(key: str, value: dict[str, Any]) -> str:
    return yaml.safe_dump({key: value}, sort_keys=False, allow_unicode=True)


def _scalar(path: Path) -> str:
    return yaml.safe_dump(str(path), allow_unicode=True, width=10_000).removesuffix("...\n").strip()


def _broker_url(grant: JoinGrant, host: str) -> str:
    name = grant.broker_host or host
    return f"{grant.broker_scheme}://{f'[{name}]' if ':' in name else name}:{grant.broker_port}"
