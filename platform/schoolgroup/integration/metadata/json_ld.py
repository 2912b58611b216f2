"""schema.org with LRMI's terms, as JSON-LD 1.1. Words in two languages are value objects."""

from typing import Any

from schoolgroup.integration.metadata import labels
from schoolgroup.integration.metadata.models import Addresses, Described
from schoolgroup.integration.metadata.xml import both, instant
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue.models import KINDS, LICENCES, STAGES


def json_ld(thing: Described, addresses: Addresses) -> dict[str, Any]:
    """The schema.org LearningResource of a published revision; what is not known is left out."""
    school = {"@type": "EducationalOrganization", "name": thing.school_name,
              "identifier": thing.school_code}  # fmt: skip
    address = addresses.resource(thing.id)
    said = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "@id": address,
        "url": address,
        "identifier": str(thing.id),
        "name": _in(thing.language, thing.title),
        "description": _in(thing.language, thing.summary) if thing.summary else None,
        "inLanguage": thing.language,
        "keywords": [_in(thing.language, keyword) for keyword in thing.keywords],
        "learningResourceType": _term(thing.kind, KINDS[thing.kind], "kind"),
        "educationalLevel": _levels(thing),
        "typicalAgeRange": labels.AGES[thing.stage] if thing.stage else None,
        "timeRequired": f"PT{thing.duration_minutes}M" if thing.duration_minutes else None,
        "about": _term(thing.subject, labels.subject(thing.subject), "subject")
        if thing.subject
        else None,
        "educationalAlignment": _alignments(thing),
        "creator": school,
        "publisher": school,
        "version": str(thing.revision_no),
        "isBasedOn": addresses.resource(thing.derived_from_resource_id)
        if thing.derived_from_resource_id
        else None,
        "datePublished": instant(thing.published_at),
        "dateModified": instant(thing.revised_at),
        "license": labels.LICENCE_ADDRESSES.get(thing.licence) if thing.licence else None,
        "usageInfo": _words(LICENCES[thing.licence]) if thing.licence else None,
        "encoding": [
            {
                "@type": "MediaObject",
                "name": file.file_name,
                "contentUrl": addresses.file(thing.id, thing.revision_no, file.no),
                "encodingFormat": file.media_type,
                "contentSize": str(file.size_bytes),
            }
            for file in thing.files
        ],
    }
    return {name: value for name, value in said.items() if value not in (None, [], "")}


def _in(language: str, text: str) -> dict[str, str]:
    return {"@language": language, "@value": text}


def _words(text: Text) -> list[dict[str, str]]:
    return [_in(language, word) for language, word in both(text)]


def _term(code: str, text: Text, of: str) -> dict[str, Any]:
    return {
        "@type": "DefinedTerm",
        "termCode": code,
        "name": _words(text),
        "inDefinedTermSet": f"schoolgroup {of}",
    }


def _levels(thing: Described) -> list[Any]:
    levels: list[Any] = [_term(thing.stage, STAGES[thing.stage], "stage")] if thing.stage else []
    return [*levels, *([_in("zh", thing.grade)] if thing.grade else [])]


def _alignments(thing: Described) -> list[dict[str, Any]]:
    """Edition, volume and chapters: where in the curriculum it belongs."""
    names = [name for name in (thing.edition, thing.volume, *thing.chapter) if name]
    return [
        {
            "@type": "AlignmentObject",
            "alignmentType": "educationalSubject",
            "educationalFramework": thing.subject or "",
            "targetName": _in("zh", name),
        }
        for name in names
    ]
