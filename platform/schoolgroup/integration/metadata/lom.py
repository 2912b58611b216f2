"""IEEE LOM as XML (IEEE 1484.12.3), in the element order of its schema.

Where LOMv1.0 has no fitting word, ours stands alone, under our own source.
"""

from uuid import UUID

from schoolgroup.integration.metadata import labels
from schoolgroup.integration.metadata.models import Addresses, Described
from schoolgroup.integration.metadata.xml import Element, add, both, element, instant
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue.models import KINDS, LICENCES, STAGES, Licence

NAMESPACE = "http://ltsc.ieee.org/xsd/LOM"
SCHEMA = "http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd"
LOM_SOURCE, OUR_SOURCE = "LOMv1.0", "schoolgroup"
VCARD_ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": " ", "\r": " "})


def lom(thing: Described, addresses: Addresses) -> Element:
    """The LOM record of a published revision."""
    root = element(NAMESPACE, "lom", schema=SCHEMA)
    _general(add(root, "general"), thing, addresses)
    _life_cycle(add(root, "lifeCycle"), thing)
    _meta_metadata(add(root, "metaMetadata"), thing, addresses)
    _technical(add(root, "technical"), thing, addresses)
    _educational(add(root, "educational"), thing)
    if thing.licence is not None:
        _rights(add(root, "rights"), thing.licence)
    if thing.derived_from_resource_id is not None:
        relation = add(root, "relation")
        _word(relation, "kind", LOM_SOURCE, "isbasedon")
        _identifier(add(relation, "resource"), thing.derived_from_resource_id, addresses)
    _classifications(root, thing)
    return root


def _general(general: Element, thing: Described, addresses: Addresses) -> None:
    _identifier(general, thing.id, addresses)
    _strings(add(general, "title"), [(thing.language, thing.title)])
    add(general, "language", thing.language)
    if thing.summary:
        _strings(add(general, "description"), [(thing.language, thing.summary)])
    for keyword in thing.keywords:
        _strings(add(general, "keyword"), [(thing.language, keyword)])


def _life_cycle(life_cycle: Element, thing: Described) -> None:
    _strings(add(life_cycle, "version"), [("zh", str(thing.revision_no))])
    _word(life_cycle, "status", LOM_SOURCE, "final")
    for role, at in (("author", thing.published_at), ("publisher", thing.revised_at)):
        contribute = add(life_cycle, "contribute")
        _word(contribute, "role", LOM_SOURCE, role)
        add(contribute, "entity", _vcard(thing.school_name))
        add(add(contribute, "date"), "dateTime", instant(at))


def _meta_metadata(meta: Element, thing: Described, addresses: Addresses) -> None:
    _identifier(meta, thing.id, addresses)
    add(meta, "metadataSchema", LOM_SOURCE)
    add(meta, "language", "zh")


def _technical(technical: Element, thing: Described, addresses: Addresses) -> None:
    for media_type in dict.fromkeys(file.media_type for file in thing.files):
        add(technical, "format", media_type)
    if thing.files:
        add(technical, "size", str(sum(file.size_bytes for file in thing.files)))
    add(technical, "location", addresses.resource(thing.id))
    for file in thing.files:
        add(technical, "location", addresses.file(thing.id, thing.revision_no, file.no))


def _educational(educational: Element, thing: Described) -> None:
    if thing.kind in labels.LOM_TYPES:
        _word(educational, "learningResourceType", LOM_SOURCE, labels.LOM_TYPES[thing.kind])
    _word(educational, "learningResourceType", OUR_SOURCE, thing.kind)
    _word(educational, "intendedEndUserRole", LOM_SOURCE, "teacher")
    _word(educational, "context", LOM_SOURCE, "school")
    if thing.stage is not None:
        _strings(add(educational, "typicalAgeRange"), [("zh", labels.AGES[thing.stage])])
    if thing.duration_minutes is not None:
        time = add(educational, "typicalLearningTime")
        add(time, "duration", f"PT{thing.duration_minutes}M")
    _strings(add(educational, "description"), both(KINDS[thing.kind]))
    add(educational, "language", thing.language)


def _rights(rights: Element, licence: Licence) -> None:
    free = "no" if licence is Licence.PUBLIC_DOMAIN else "yes"
    _word(rights, "cost", LOM_SOURCE, "no")
    _word(rights, "copyrightAndOtherRestrictions", LOM_SOURCE, free)
    words = both(LICENCES[licence])
    address = labels.LICENCE_ADDRESSES.get(licence)
    _strings(
        add(rights, "description"),
        [(language, f"{word} {address}" if address else word) for language, word in words],
    )


def _classifications(root: Element, thing: Described) -> None:
    """The curriculum coordinate: from subject to chapter one path; stage and grade another."""
    path = [labels.subject(thing.subject)] if thing.subject else []
    path += [Text(s, s) for s in (thing.edition, thing.volume, *thing.chapter) if s]
    level = [STAGES[thing.stage]] if thing.stage else []
    level += [Text(thing.grade, thing.grade)] if thing.grade else []
    for purpose, taxons in (("discipline", path), ("educational level", level)):
        if not taxons:
            continue
        classification = add(root, "classification")
        _word(classification, "purpose", LOM_SOURCE, purpose)
        taxon_path = add(classification, "taxonPath")
        _strings(add(taxon_path, "source"), [("en", OUR_SOURCE)])
        for text in taxons:
            _strings(add(add(taxon_path, "taxon"), "entry"), both(text))


def _identifier(parent: Element, resource_id: UUID, addresses: Addresses) -> None:
    identifier = add(parent, "identifier")
    add(identifier, "catalog", "URI")
    add(identifier, "entry", addresses.resource(resource_id))


def _strings(parent: Element, words: list[tuple[str, str]]) -> None:
    for language, text in words:
        add(parent, "string", text, language=language)


def _word(parent: Element, tag: str, source: str, value: str) -> None:
    word = add(parent, tag)
    add(word, "source", source)
    add(word, "value", value)


def _vcard(organisation: str) -> str:
    """A vCard 3.0 (RFC 2426) of an organisation; its semicolons and commas are escaped."""
    name = organisation.translate(VCARD_ESCAPED)
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nN:{name}\nORG:{name}\nEND:VCARD"
