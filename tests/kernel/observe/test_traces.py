"""Spans go to a collector of the standard's own wire format, and say no more than log lines do."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import msgspec
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import Registry, Work, Worker, enqueue, kind
from schoolgroup.kernel.observe import traces
from schoolgroup.kernel.observe.traces import TracesRefused
from schoolgroup.telling import observed
from tests.kernel.observe.conftest import Lines
from tests.people import World

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Collector:
    """A collector as OTLP over HTTP knows it: protobuf posted to /v1/traces."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.bodies: list[bytes] = []
        self.paths: set[str] = set()

    @property
    def spans(self) -> dict[str, Any]:
        found = {}
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    found.update({span.name: span for span in scope.spans})
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            packed = self.headers.get("content-encoding") == "gzip"
            made.bodies.append(gzip.decompress(body) if packed else body)
            made.paths.add(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Take)
    made = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def attributes(span: Any) -> dict[str, Any]:
    return {
        a.key: a.value.string_value or a.value.int_value or a.value.bool_value
        for a in span.attributes
    }


async def test_a_request_its_statements_and_its_job_are_one_story(
    http, world: World, services, settings, lines: Lines
):
    school = await world.school("王小明中学")
    teacher = await world.person(school, "teacher", "li.ming")

    @kind("traced_job")
    async def traced(work: Work) -> None:
        await services.storage.find("no/such")

    with collecting() as collector:
        wished = msgspec.structs.replace(settings, otlp_endpoint=collector.address)
        with observed(wished):
            headers = {**teacher.headers, "traceparent": PARENT}
            assert (await http.get("/v1/me", headers=headers)).status_code == 200
            assert (await http.get("/v1/audit", headers=teacher.headers)).status_code == 403
            with traces.span("asking for a job"):
                asked_in = traces.trace_id_now()
                await services.db.run(
                    system_actor(world.group_id), lambda tx: enqueue(tx, "traced_job", {})
                )
            await Worker(services, Registry([traced])).run_until_idle()
        assert traces.tracer is None
    spans = collector.spans
    served = spans["GET /v1/me"]
    assert served.trace_id.hex() == TRACE, "the trace that was begun elsewhere goes on"
    assert served.parent_span_id.hex() == "b7ad6b7169203331"
    assert attributes(served)["http.route"] == "/v1/me"
    assert attributes(served)["schoolgroup.actor"] == f"person:{teacher.id}"
    assert "transaction" in spans
    assert any(name.startswith("access.") for name in spans), "statements by their constants"
    denied = spans["GET /v1/audit"]
    assert denied.trace_id.hex() != TRACE
    job = spans["job traced_job"]
    assert job.links[0].trace_id.hex() == asked_in
    assert job.trace_id.hex() != asked_in, "a trace of its own"
    assert spans["store find"].trace_id == job.trace_id
    raw = b"".join(collector.bodies)
    for secret in ("王小明", "li.ming", teacher.headers["Authorization"].split()[1]):
        assert secret.encode() not in raw
    assert collector.paths == {"/v1/traces"}


def test_off_it_is_nothing_at_all():
    assert traces.span("x") is traces.NOTHING
    assert traces.parent_now() is None


def test_without_the_libraries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(TracesRefused, match=r"schoolgroup\[traces\]"):
        traces.start("http://127.0.0.1:9", 1.0, "0")
    assert traces.tracer is None
