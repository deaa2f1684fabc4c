"""The standard's documents in JSON and XML, made from the same rows."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from xml.etree import ElementTree

from sharp_eyes.hub.outward.markup import document, xml_text

Form = Literal["json", "xml"]
MEDIA_TYPES: Mapping[Form, str] = {"json": "application/json", "xml": "application/xml; charset=utf-8"}

_ITEMS = {"attributes": "attribute", "endpoints": "endpoint", "formats": "format"}


def write_list(form: Form, root: str, item: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Give rows as a JSON array, or in XML as elements ``item`` within ``root``."""
    if form == "json":
        return _json(list(rows))
    top = ElementTree.Element(root)
    for row in rows:
        _fill(ElementTree.SubElement(top, item), row)
    return _xml(top)


def write_one(form: Form, root: str, row: Mapping[str, Any]) -> bytes:
    """Give one row as a JSON object, or as an XML element ``root``."""
    if form == "json":
        return _json(row)
    top = ElementTree.Element(root)
    _fill(top, row)
    return _xml(top)


def _fill(element: ElementTree.Element, row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        child = ElementTree.SubElement(element, name)
        if isinstance(value, list):
            for one in value:
                inner = ElementTree.SubElement(child, _ITEMS[name])
                if isinstance(one, Mapping):
                    _fill(inner, one)
                else:
                    inner.text = _text(one)
        else:
            child.text = _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else xml_text(value)


def _json(what: object) -> bytes:
    return json.dumps(what, ensure_ascii=False).encode("utf-8", "replace")


def _xml(top: ElementTree.Element) -> bytes:
    return document(top)
