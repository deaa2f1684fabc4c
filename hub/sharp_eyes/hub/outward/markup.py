"""XML made of elements, never of pasted text: whatever a city or a person wrote is escaped, and can be read back."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document holds, however they are written."""


def xml_text(value: object) -> str:
    """Give a value as XML holds it, with what it cannot hold replaced."""
    return _NOT_XML.sub("\ufffd", str(value))


def put(parent: Element, name: str, text: object | None = None, **attributes: object) -> Element:
    """Add an element with its text and its attributes; what is None is left out of them."""
    said = {key: xml_text(value) for key, value in attributes.items() if value is not None}
    made = SubElement(parent, name, said)
    if text is not None:
        made.text = xml_text(text)
    return made


def document(
    top: Element, *, encoding: str = "utf-8", prefixes: Mapping[str, str] | None = None, default: str | None = None
) -> bytes:
    """Give a document's bytes. ``prefixes``: namespaces by what they are called; ``default``: the one without a name.

    What the encoding does not have is written as a number, so nothing is lost.
    """
    for prefix, uri in (prefixes or {}).items():
        ElementTree.register_namespace(prefix, uri)
    made: bytes = ElementTree.tostring(top, encoding=encoding, xml_declaration=True, default_namespace=default)
    return made
