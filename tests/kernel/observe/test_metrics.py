"""What Prometheus reads: true, bounded, of nobody in particular, and what dashboards ask for."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import msgspec
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.errors import Unavailable
from schoolgroup.kernel.jobs import Registry, Work, Worker, enqueue, kind
from schoolgroup.kernel.jobs.models import GiveUp
from schoolgroup.kernel.observe import metrics
from schoolgroup.kernel.observe.metrics import LIVING, REGISTRY, Vitals
from schoolgroup.kernel.observe.requests import METHODS, UNMATCHED
from schoolgroup.kernel.observe.vitals import VitalSigns
from schoolgroup.services import open_services
from schoolgroup.telling import telling
from tests.people import World

OBSERVE = Path(__file__).parents[3] / "infra" / "observe"
NAME = re.compile(r"\b(?:schoolgroup|process)_[a-z_]+\b")
# what a label may be; anything that grows with people, schools or time is not among them
LABELS = {
    "method", "route", "status", "why", "statement", "what", "act", "call", "kind", "outcome",
    "pool", "policy", "le",
}  # fmt: skip
PERSONAL = re.compile(r"[一-鿿]|[0-9a-f]{8}-[0-9a-f]{4}")


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_requests_are_counted_by_template_and_class(http, world: World, services, app):
    """Whatever is asked for, the number of series is bounded by the routes there are."""
    teacher = await world.person(await world.school("一中"), "teacher")
    me = {"method": "GET", "route": "/v1/me", "status": "2xx"}
    before = value("schoolgroup_request_seconds_count", **me)
    series = {key(sample) for family in REGISTRY.collect() for sample in family.samples}
    for _ in range(3):
        await http.get("/v1/me", headers=teacher.headers)
    assert value("schoolgroup_request_seconds_count", **me) == before + 3
    assert value("schoolgroup_requests_in_flight") == 0
    for n in range(40):
        await http.request(f"CALL{n}", "/v1/me")
        await http.get(f"/v1/nothing/{n}/王小明")
        await http.get(f"/v1/resources/{services.policies.in_force(world.group_id)}-{n}")
    routes = {r.path_format for r in app.routes}
    for family in REGISTRY.collect():
        for sample in family.samples:
            assert sample.labels.keys() <= LABELS, sample.name
            assert not any(PERSONAL.search(v) for v in sample.labels.values()), sample
            if "route" in sample.labels and key(sample) not in series:
                assert sample.labels["route"] in {*routes, UNMATCHED}, sample
                assert sample.labels["method"].isupper()
    told = [s for f in REGISTRY.collect() for s in f.samples if s.labels.get("route") == UNMATCHED]
    assert {s.labels["method"] for s in told} <= {*METHODS, "OTHER"}


def key(sample) -> tuple[str, ...]:
    return (sample.name, *sample.labels.values())


async def test_a_denial_is_counted_by_its_act(http, world: World):
    teacher = await world.person(await world.school("一中"), "teacher")
    before = value("schoolgroup_denials_total", act="audit:read")
    assert (await http.get("/v1/audit", headers=teacher.headers)).status_code == 403
    assert value("schoolgroup_denials_total", act="audit:read") == before + 1


async def test_a_full_pool_shows_who_waits_and_that_the_wait_was_in_vain(settings, world: World):
    """Held from the test: one connection, one that waits for it."""
    small = msgspec.structs.replace(settings, database_pool_max=1)
    async with open_services(small, called="small") as services:
        db = services.db
        async with db.transaction(system_actor(world.group_id)):
            waits = asyncio.create_task(db.run(system_actor(None), no_work))
            async with asyncio.timeout(5):
                while not db.waiting:  # noqa: ASYNC110 - a number nobody announces
                    await asyncio.sleep(0)
            assert value("schoolgroup_pool_waiting", pool="small") == 1
            assert value("schoolgroup_pool_size", pool="small") == 1
            assert value("schoolgroup_pool_idle", pool="small") == 0
            before = value("schoolgroup_pool_wait_seconds_count")
        await waits
        assert value("schoolgroup_pool_wait_seconds_count") == before + 1
        assert value("schoolgroup_pool_waiting", pool="small") == 0
        failed = value("schoolgroup_database_errors_total", what="no_connection")
        await services.db.pool.close()
        with pytest.raises(Unavailable):
            await db.run(system_actor(None), no_work)
        assert value("schoolgroup_database_errors_total", what="no_connection") == failed + 1
    assert REGISTRY.get_sample_value("schoolgroup_pool_size", {"pool": "small"}) is None


async def no_work(tx) -> None:
    return None


async def test_it_is_read_at_an_address_of_its_own(services, world: World, http):
    """Over real HTTP: the queue over all groups, jobs by outcome; nothing of it at the API."""

    @kind("watched_job")
    async def watched(work: Work) -> None:
        if work.data["fails"]:
            raise GiveUp("it is meant to")

    teacher = await world.person(await world.school("一中"), "teacher")
    await http.get("/v1/me", headers=teacher.headers)
    worker = Worker(services, Registry([watched]))
    group = system_actor(world.group_id)
    for fails in (True, False):
        await services.db.run(group, lambda tx, f=fails: enqueue(tx, "watched_job", {"fails": f}))
    await worker.run_until_idle()
    await services.db.run(group, lambda tx: enqueue(tx, "watched_job", {"fails": False}))
    await services.db.run(group, lambda tx: enqueue(tx, "other_job", {}))
    async with (
        telling("127.0.0.1:0", lambda: services.db) as address,
        httpx.AsyncClient() as prometheus,
    ):
        answer = await prometheus.get(address)
        healthy = await prometheus.get(address.replace("/metrics", "/healthz"))
        nothing = await prometheus.get(address.replace("/metrics", "/v1/me"))
    assert (healthy.status_code, nothing.status_code) == (200, 404)
    assert (await http.get("/metrics")).status_code == 404, "schools' door does not lead there"
    samples = {
        (s.name, *s.labels.values()): s.value
        for family in text_string_to_metric_families(answer.text)
        for s in family.samples
    }
    assert samples["schoolgroup_vitals_ok",] == 1
    assert samples["schoolgroup_queue_waiting", "watched_job"] == 1
    assert samples["schoolgroup_queue_given_up", "watched_job"] == 1
    assert samples["schoolgroup_queue_waiting", "other_job"] == 1
    assert 0 <= samples["schoolgroup_queue_oldest_due_seconds", "other_job"] < 60
    assert samples["schoolgroup_jobs_total", "watched_job", "given_up"] == 1
    assert samples["schoolgroup_jobs_total", "watched_job", "done"] == 1
    assert samples["schoolgroup_events_held_back_seconds",] < 60
    assert samples["process_resident_memory_bytes",] > 10_000_000
    policy = services.policies.shipped().sha256[: metrics.HASH_CHARS]
    assert samples["schoolgroup_policy_groups", policy] >= 1


async def test_a_long_transaction_shows_as_events_held_back(services, sql, world: World):
    """Only where something was committed behind it, which nobody may read yet."""
    signs = VitalSigns(services.db)

    async def held_back_s() -> float:
        return (await services.db.run(system_actor(None), signs._look)).events_held_back_s

    async with sql.transaction():
        await sql.execute("UPDATE education_group SET name = name")
        assert await held_back_s() == 0
        group = system_actor(world.group_id)
        await services.db.run(group, lambda tx: enqueue(tx, "later", {}))
        assert await held_back_s() > 0
    assert await held_back_s() == 0


async def test_where_the_database_does_not_answer_the_rest_is_told(settings):
    async with open_services(settings, called="lost") as services:
        await services.db.pool.close()
        vitals = await VitalSigns(services.db).read()
    assert vitals == Vitals(ok=False)


def asked_for() -> list[tuple[str, str]]:
    """Every expression of the dashboards and rules, with where it stands."""
    found = []
    for path in sorted((OBSERVE / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            found += [(f"{path.name}: {panel['title']}", t["expr"]) for t in panel["targets"]]
    rules = yaml.safe_load((OBSERVE / "rules.yml").read_text("utf-8"))
    for group in rules["groups"]:
        found += [(rule["alert"], rule["expr"]) for rule in group["rules"]]
    return found


async def test_dashboards_and_rules_ask_for_what_there_is(services):
    """A metric that is renamed fails here, and so does one that nobody looks at."""
    LIVING.vitals = await VitalSigns(services.db).read()
    told = set()
    for family in REGISTRY.collect():
        told.add(family.name)
        told.add(f"{family.name}_total")
        if family.type == "histogram":
            told |= {f"{family.name}_{end}" for end in ("bucket", "count", "sum")}
    expressions = asked_for()
    assert len(expressions) > 30
    strangers = {
        (where, name) for where, text in expressions for name in NAME.findall(text)
    }  # fmt: skip
    assert not {(where, name) for where, name in strangers if name not in told}
    asked = {name for _, name in strangers}
    unseen = [
        family.name
        for family in REGISTRY.collect()
        if family.name.startswith("schoolgroup_")
        and not any(name.startswith(family.name) for name in asked)
    ]
    assert not unseen, "a number nobody looks at"


def test_every_alert_says_what_to_do_in_words_of_both_languages():
    rules = yaml.safe_load((OBSERVE / "rules.yml").read_text("utf-8"))["groups"][0]["rules"]
    assert len(rules) > 10
    for rule in rules:
        assert re.search("[一-鿿]", rule["annotations"]["summary"]), rule["alert"]
        assert len(rule["annotations"]["action"]) > 20
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_what_is_provisioned_hangs_together():
    """The dashboards ask the data source that is provisioned, under its own name."""
    source = yaml.safe_load(
        (OBSERVE / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8")
    )["datasources"][0]
    [path] = (OBSERVE / "grafana" / "dashboards").glob("*.json")
    panels = json.loads(path.read_text("utf-8"))["panels"]
    assert {panel["datasource"]["uid"] for panel in panels} == {source["uid"]}
    assert len({panel["id"] for panel in panels}) == len(panels)
    scraped = yaml.safe_load((OBSERVE / "prometheus.yml").read_text("utf-8"))
    jobs = {job["job_name"] for job in scraped["scrape_configs"]}
    asked = set(re.findall(r'job="([a-z-]+)"', (OBSERVE / "rules.yml").read_text("utf-8")))
    assert asked <= jobs
