"""Harvesting as others do: one response read with care, and two independent harvesters."""

from typing import Any

import httpx
import httpx2
from lxml import etree
from oaipmh_scythe import Scythe
from oaipmh_scythe.config import HTTPConfig
from sickle import Sickle

NS = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "l": "http://ltsc.ieee.org/xsd/LOM",
}


class Answer:
    """One response of the protocol."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        self.root: Any = etree.fromstring(answer.content)

    def all(self, path: str) -> list[Any]:
        return self.root.xpath(path, namespaces=NS)

    @property
    def error(self) -> str:
        (code,) = self.all("o:error/@code") or [""]
        return str(code)

    @property
    def asked(self) -> dict[str, str]:
        return dict(self.all("o:request")[0].attrib)

    @property
    def token(self) -> str | None:
        return next(iter(self.all("//o:resumptionToken/text()")), None)


Harvest = dict[str, dict[str, bytes | None]]


def with_sickle(base: str, token: str = "") -> Harvest:
    """Everything in every format, as sickle takes it."""
    headers = {"Authorization": token} if token else {}
    sickle = Sickle(base, headers=headers, encoding="utf-8")
    assert sickle.Identify().baseURL == base
    assert {s.setSpec for s in sickle.ListSets()} >= {"school:3101150003", "stage:primary"}
    found: Harvest = {}
    for prefix in (f.metadataPrefix for f in sickle.ListMetadataFormats()):
        records = list(sickle.ListRecords(metadataPrefix=prefix))
        found[prefix] = {
            r.header.identifier: None if r.deleted else etree.tostring(r.xml) for r in records
        }
        names = [h.identifier for h in sickle.ListIdentifiers(metadataPrefix=prefix)]
        assert sorted(names) == sorted(found[prefix])
        one = sickle.GetRecord(identifier=names[0], metadataPrefix=prefix)
        assert one.header.identifier == names[0]
    return found


class Bearer(httpx2.Auth):
    """Carries the token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def auth_flow(self, request):
        request.headers["Authorization"] = self.token
        yield request


def with_scythe(base: str, token: str = "") -> Harvest:
    """Everything in every format, as oaipmh-scythe takes it."""
    found: Harvest = {}
    config = HTTPConfig(auth=Bearer(token)) if token else None
    with Scythe(base, http_config=config) as opened:
        scythe: Any = opened  # its answers are typed as any of several
        for prefix in (f.metadataPrefix for f in scythe.list_metadata_formats()):
            records = list(scythe.list_records(metadata_prefix=prefix))
            found[prefix] = {
                r.header.identifier: None if r.deleted else etree.tostring(r.xml) for r in records
            }
            names = [h.identifier for h in scythe.list_identifiers(metadata_prefix=prefix)]
            assert sorted(names) == sorted(found[prefix])
    return found


def canonical(document: bytes) -> bytes:
    """The document in its canonical form (Exclusive XML Canonicalization 1.0)."""
    return etree.tostring(etree.fromstring(document), method="c14n", exclusive=True)


def described(record: bytes) -> bytes:
    """What a record says of its resource, in the canonical form (Exclusive XML C14N 1.0)."""
    root: Any = etree.fromstring(record)
    (metadata,) = root.xpath("//o:metadata/*", namespaces=NS)
    return etree.tostring(metadata, method="c14n", exclusive=True)


def compare(harvest: dict[str, bytes | None], shown: dict[str, Any], prefix: str) -> list[str]:
    """The ids of deleted records; each other one says what the API says."""
    deleted = []
    for name, xml in harvest.items():
        one = name.rpartition(":")[2]
        if xml is None:
            deleted.append(one)
            continue
        root, item = etree.fromstring(xml), shown[one]
        titles, summaries, keywords = (
            ("//dc:title", "//dc:description", "//dc:subject[position() > 2]")
            if prefix == "oai_dc"
            else ("//l:general/l:title/l:string", "//l:general/l:description/l:string",
                  "//l:general/l:keyword/l:string")
        )  # fmt: skip

        def said(path: str, root: Any = root) -> list[str]:
            return [str(t) for t in root.xpath(f"{path}/text()", namespaces=NS)]

        assert said(titles) == [item["title"]]
        assert said(summaries) == [item["summary"]]
        assert said(keywords) == item["keywords"]
    return deleted
