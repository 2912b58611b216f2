"""Spans for OpenTelemetry, where an endpoint is configured; else one look at a variable.

The libraries are an extra (`schoolgroup[traces]`) and are imported only then. Spans carry names of
routes, statements, kinds and calls, ids and numbers; never values, never what people wrote.
"""

import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter

T = TypeVar("T")
SERVICE = "schoolgroup"
PATH = "/v1/traces"
FLUSH_MS = 3000
NOTHING: AbstractContextManager[None] = nullcontext()

tracer: Any = None  # opentelemetry.trace.Tracer while spans are made


class TracesRefused(Exception):
    """Spans are wished for and the libraries are not installed."""


def start(
    endpoint: str, share: float, version: str, exporter: "SpanExporter | None" = None
) -> Callable[[], None]:
    """Send spans to `endpoint` (OTLP over HTTP); what is to be called in the end.

    `share` of the traces that begin here are kept; one that began elsewhere goes on as decided
    there. `exporter` instead of the endpoint is for tests. Raises TracesRefused.
    """
    global tracer
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
    except ImportError as missing:
        raise TracesRefused(
            "otlp_endpoint is set and OpenTelemetry is not installed: install schoolgroup[traces]"
        ) from missing
    resource = Resource.create(
        {
            "service.name": SERVICE,
            "service.version": version,
            "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
        }
    )
    provider = TracerProvider(resource=resource, sampler=ParentBased(TraceIdRatioBased(share)))
    provider.add_span_processor(
        SimpleSpanProcessor(exporter)
        if exporter is not None
        else BatchSpanProcessor(OTLPSpanExporter(endpoint.rstrip("/") + PATH))
    )
    tracer = provider.get_tracer(SERVICE, version)

    def stop() -> None:
        global tracer
        tracer = None
        provider.force_flush(FLUSH_MS)
        provider.shutdown()

    return stop


def span(name: str, attributes: Mapping[str, Any] | None = None) -> AbstractContextManager[Any]:
    """A span within what is going on; nothing at all where none are made."""
    if tracer is None:
        return NOTHING
    return _span(name, attributes)


@contextmanager
def _span(name: str, attributes: Mapping[str, Any] | None) -> Iterator[Any]:
    from opentelemetry.trace import Status, StatusCode

    with tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except BaseException as failed:
            # its message may hold personal data: only its kind is told
            made.set_attribute("error.type", type(failed).__name__)
            made.set_status(Status(StatusCode.ERROR))
            raise


@asynccontextmanager
async def within(name: str, made: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """What `made` gives, within a span of its own."""
    with span(name):
        async with made as given:
            yield given


@contextmanager
def served(method: str, trace_parent: str | None) -> Iterator[Any]:
    """The span of one request, within the trace its `traceparent` names (W3C Trace Context)."""
    from opentelemetry.trace import SpanKind

    with tracer.start_as_current_span(
        method,
        context=_context_of(trace_parent),
        kind=SpanKind.SERVER,
        record_exception=False,
        set_status_on_exception=False,
    ) as made:
        yield made


def end_served(made: Any, method: str, route: str, status: int, facts: Mapping[str, Any]) -> None:
    """What is known of a request only when it has been answered."""
    from opentelemetry.trace import Status, StatusCode

    made.update_name(f"{method} {route}")
    made.set_attributes(
        {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            **{f"schoolgroup.{name}": value for name, value in facts.items() if value},
        }
    )
    if status >= 500:
        made.set_status(Status(StatusCode.ERROR))


@contextmanager
def worked(kind: str, trace_parent: str | None, attributes: Mapping[str, Any]) -> Iterator[Any]:
    """The span of one job: a trace of its own, with a link to the request that wished for it."""
    from opentelemetry.context import Context
    from opentelemetry.trace import Link, SpanKind, get_current_span

    links = []
    if trace_parent and (context := _context_of(trace_parent)) is not None:
        links.append(Link(get_current_span(context).get_span_context()))
    with tracer.start_as_current_span(
        f"job {kind}",
        context=Context(),
        kind=SpanKind.CONSUMER,
        links=links,
        attributes={"schoolgroup.job.kind": kind, **attributes},
        record_exception=False,
        set_status_on_exception=False,
    ) as made:
        yield made


def statement(name: str) -> AbstractContextManager[Any]:
    """The span of one SQL statement, by the name of its constant."""
    from opentelemetry.trace import SpanKind

    made: AbstractContextManager[Any] = tracer.start_as_current_span(
        name,
        kind=SpanKind.CLIENT,
        attributes={"db.system.name": "postgresql", "db.query.summary": name},
        record_exception=False,
        set_status_on_exception=False,
    )
    return made


def parent_now() -> str | None:
    """The `traceparent` of what is going on, to be kept with a wish; None where there is none."""
    if tracer is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def trace_id_now() -> str:
    """The trace a log line belongs to; empty where there is none."""
    if tracer is None:
        return ""
    from opentelemetry.trace import format_trace_id, get_current_span

    context = get_current_span().get_span_context()
    return format_trace_id(context.trace_id) if context.is_valid else ""


def _context_of(trace_parent: str | None) -> "Context | None":
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    if not trace_parent:
        return None
    return TraceContextTextMapPropagator().extract({"traceparent": trace_parent}, Context())
