"""Simple Dublin Core in the container OAI-PMH asks every repository for (oai_dc)."""

from lxml import etree

from schoolgroup.integration.metadata import labels
from schoolgroup.integration.metadata.models import Addresses, Described
from schoolgroup.integration.metadata.xml import XML_LANG, Element, both, clean, element, instant
from schoolgroup.resources.catalogue.models import KINDS, LICENCES, STAGES

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
DC = "http://purl.org/dc/elements/1.1/"


def dublin_core(thing: Described, addresses: Addresses) -> Element:
    """The oai_dc record of a published revision."""
    root = element(NAMESPACE, "dc", schema=SCHEMA, oai_dc=NAMESPACE, dc=DC)

    def say(tag: str, text: str | None, language: str = "") -> None:
        if text:
            said = etree.SubElement(root, etree.QName(DC, tag))
            said.text = clean(text)
            if language:
                said.set(XML_LANG, language)

    say("title", thing.title, thing.language)
    say("creator", thing.school_name)
    if thing.subject:
        for language, word in both(labels.subject(thing.subject)):
            say("subject", word, language)
    for keyword in thing.keywords:
        say("subject", keyword, thing.language)
    say("description", thing.summary, thing.language)
    say("publisher", thing.school_name)
    say("date", instant(thing.revised_at))
    say("type", labels.DCMI_TYPES.get(thing.kind))
    for language, word in both(KINDS[thing.kind]):
        say("type", word, language)
    for media_type in dict.fromkeys(file.media_type for file in thing.files):
        say("format", media_type)
    say("identifier", addresses.resource(thing.id))
    if thing.derived_from_resource_id:
        say("source", addresses.resource(thing.derived_from_resource_id))
    say("language", thing.language)
    if thing.stage:
        for language, word in both(STAGES[thing.stage]):
            say("coverage", word, language)
    for place in (thing.grade, thing.edition, thing.volume, " / ".join(thing.chapter)):
        say("coverage", place, "zh")
    if thing.licence:
        for language, word in both(LICENCES[thing.licence]):
            say("rights", word, language)
        say("rights", labels.LICENCE_ADDRESSES.get(thing.licence))
    return root
