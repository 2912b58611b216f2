"""Small tools for writing XML: texts that any parser reads, and elements in a row."""

import re
from datetime import datetime

from lxml import etree

from schoolgroup.kernel.texts import Text

Element = etree._Element
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 allows (section 2.2); a title may hold anything else a keyboard or a copy put there.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without the characters no XML document can hold."""
    return FORBIDDEN.sub("", text)


def instant(at: datetime) -> str:
    """An instant in UTC to the second, as OAI-PMH and LOM write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def element(namespace: str, tag: str, *, schema: str, **prefixes: str) -> Element:
    """A root in its namespace, the default one unless a prefix names it; where its schema is."""
    names: dict[str | None, str] = {"xsi": XSI}
    names.update(prefixes)
    if namespace not in prefixes.values():
        names[None] = namespace
    root = etree.Element(etree.QName(namespace, tag), nsmap=names)  # type: ignore[arg-type]  # the stubs do not know the default namespace
    root.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    return root


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child in the parent's own namespace."""
    child = etree.SubElement(
        parent,
        etree.QName(etree.QName(parent).namespace, tag),
        {name: clean(value) for name, value in attributes.items()},
    )
    if text is not None:
        child.text = clean(text)
    return child


def both(text: Text) -> list[tuple[str, str]]:
    """A text as (language, words): Chinese first; once where both say the same."""
    return [("zh", text.zh)] if text.zh == text.en else [("zh", text.zh), ("en", text.en)]


def write(root: Element) -> bytes:
    """The document's bytes, with its declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
