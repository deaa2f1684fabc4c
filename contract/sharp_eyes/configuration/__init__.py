"""Settings files: how both sides read and check YAML, and how they say what is wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError
from typing_extensions import Self

from sharp_eyes.configuration.said import Said
from sharp_eyes.configuration.yaml_reading import load_with_doubles


class Settings(BaseModel):
    """Base of all settings: frozen, an unknown key is an error, and every number is finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _named(value: object) -> object:
    if isinstance(value, str) and not 0 < len(value.strip()) <= _LONGEST_PATH:
        raise ValueError("names no file or folder; leave the key out where there is none")
    return value


NamedPath = Annotated[Path, BeforeValidator(_named)]
"""A path that names something: an empty one would be the settings file's own folder."""

LARGEST_SIZE = 2**50
"""Bytes; whoever writes more has written something else than meant."""

_CONTRADICTION = "contradiction"
_LONGEST_LINE, _LONGEST_PATH = 600, 4096

Contradiction = tuple[tuple[str | int, ...], str]
"""Where something does not fit, such as ``("rules", 0, "unit")``, and what is wrong; a :class:`Said` for pages too."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong in settings.

    Attributes:
        place: such as ``("rules", 0, "unit")``.
        words: what is wrong, in English.
        code: of a :class:`Said`, or pydantic's word; empty where only the sentence says it.
        values: what it is about.
    """

    place: tuple[str | int, ...]
    words: str
    code: str
    values: Mapping[str, str]


class CheckedSettings(Settings):
    """Settings whose parts must fit together; what does not is said along with the wrong values, all at once."""

    @classmethod
    def contradictions(cls, raw: Mapping[str, Any]) -> Iterator[Contradiction]:
        """What does not fit together. ``raw`` is not checked: leave out what has a wrong type, others say that."""
        raise NotImplementedError

    @model_validator(mode="wrap")
    @classmethod
    def _say_all_at_once(cls, raw: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        # A validator "after" is not asked while a single field is wrong, and says only its first objection.
        wrong: list[InitErrorDetails] = []
        try:
            made = handler(raw)
        except ValidationError as error:
            wrong = [_again(item) for item in error.errors(include_url=False)]
        if isinstance(raw, Mapping):
            for place, message in cls.contradictions(raw):
                more = {"said": message} if isinstance(message, Said) else {}
                fault = PydanticCustomError(_CONTRADICTION, "{message}", {"message": str(message), **more})
                wrong.append(InitErrorDetails(type=fault, loc=place, input=None))
        if wrong:
            raise ValidationError.from_exception_data(cls.__name__, wrong)
        return made


def _again(item: Any) -> InitErrorDetails:
    """A field's error as it can be raised once more."""
    kind = item["type"]
    context = item.get("ctx", {})
    plain = {key: value for key, value in context.items() if isinstance(value, str | int | float)}
    said = _said(context)
    if said is not None:
        plain["said"] = said
    fault: Any = PydanticCustomError(kind, "{message}", {"message": item["msg"], **plain})
    return InitErrorDetails(type=fault, loc=item["loc"], input=item["input"])


Read = TypeVar("Read", bound=BaseModel)


Objections = Callable[[Mapping[str, Any]], Iterable[str]]
"""What else is wrong in a file that is not checked yet, one line each."""


def read_settings(path: Path, model: type[Read], error_type: type[Exception], also: Objections | None = None) -> Read:
    """Read and check a YAML file of settings; an empty file is one without a key.

    Args:
        also: what only others can tell of it; said along with the rest, all at once.

    Raises:
        error_type: names the file and all that is wrong in it: each key that stands twice, each wrong value.
    """
    content, wrong = _read_mapping(path, error_type)
    others = [] if also is None else list(also(content))
    try:
        made = model.model_validate(content)
    except ValidationError as error:
        raise error_type(f"{path}: " + "\n  ".join([*wrong, explain(error), *others])) from error
    if wrong or others:
        raise error_type(f"{path}: " + "\n  ".join([*wrong, *others]))
    return made


def read_mapping(path: Path, error_type: type[Exception]) -> dict[str, Any]:
    """Read a YAML file that holds a mapping; an empty file is an empty mapping.

    Raises:
        error_type: names the file, and where in it the YAML is wrong or says a thing twice.
    """
    content, wrong = _read_mapping(path, error_type)
    if wrong:
        raise error_type(f"{path}: " + "\n  ".join(wrong))
    return content


def _read_mapping(path: Path, error_type: type[Exception]) -> tuple[dict[str, Any], list[Said]]:
    try:
        raw, twice = load_with_doubles(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise error_type(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise error_type(f"{path}: no valid YAML: {error}") from error
    if raw is None:
        return {}, twice
    if not isinstance(raw, dict):
        raise error_type(f"{path}: a mapping of settings is expected")
    return raw, twice


def explain(error: ValidationError, raw: Any = None) -> str:
    """Say what is wrong, one line a key, such as ``cameras.0.source.url: …``.

    ``raw``: what was checked, where its parts have an ``id`` to be named by, such as ``zones.1 (kerb).polygon: …``.
    """
    lines = []
    for one in what_is_wrong(error):
        where = _place(one.place, raw)
        lines.append(_short(f"{where}: {one.words}" if where else one.words))
    return "\n  ".join(lines)


def what_is_wrong(error: ValidationError) -> Iterator[Wrong]:
    """Say what is wrong, one after the other."""
    items = error.errors(include_url=False)
    places = [item["loc"] for item in items if item["type"] != _CONTRADICTION]
    for item in items:
        depth, context = len(item["loc"]), item.get("ctx", {})
        if item["type"] == _CONTRADICTION:
            said = _said(context)
            yield Wrong(item["loc"], context["message"], *(("", {}) if said is None else (said.code, said.values)))
        elif any(len(place) > depth and place[:depth] == item["loc"] for place in places):
            continue  # only says that something inside is wrong, which has its own line
        elif item["type"] == "extra_forbidden":
            yield Wrong(item["loc"], "unknown key; check the spelling", item["type"], {})
        elif (said := _said(context)) is not None:
            yield Wrong(item["loc"], str(said), said.code, said.values)
        else:
            values = {key: str(value) for key, value in context.items() if key not in ("message", "error")}
            yield Wrong(item["loc"], item["msg"].removeprefix("Value error, "), item["type"], values)


def _said(context: Mapping[str, Any]) -> Said | None:
    """What a field's own check said for pages too: as the reason of its ``ValueError``."""
    error = context.get("error")
    said = context.get("said") or next(iter(error.args if isinstance(error, ValueError) else ()), None)
    return said if isinstance(said, Said) else None


def _short(line: str) -> str:
    """Of what somebody wrote there, however long it is, no more than people read."""
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"


def _place(location: tuple[str | int, ...], raw: Any) -> str:
    words = []
    for part in location:
        try:
            raw = raw[part]
        except (TypeError, LookupError):
            raw = None
        identity = raw.get("id") if isinstance(part, int) and isinstance(raw, Mapping) else None
        words.append(f"{part} ({identity[:80]})" if isinstance(identity, str) else str(part))
    return ".".join(words)


def absolute(base: Path, path: Path | None) -> Path | None:
    """A path of a settings file, which starts at that file's folder, made absolute."""
    return None if path is None else base / path.expanduser()
