"""The words of notices: Jinja templates narrowed to text and placeholders, nothing else.

Who writes a template is an administrator, not a programmer: a template may name what its kind may
say, and has no logic, no filters, no attributes, no calls. What it may not is refused when it is
saved, and the sandboxed environment is the second lock when it is rendered.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import Template, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)
# What a kind no longer says renders as nothing: one old rule must not keep all others untold.
ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=Undefined, autoescape=False, cache_size=0, loader=None
)
ENVIRONMENT.globals.clear()
SPACE = re.compile(r"\s+")
# Invisible and steering characters; a fact is one line of text and stays one.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
FACT_LENGTH_MAX = 300
WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}


def faults_of(template: str, may_say: Iterable[str]) -> list[str]:
    """Why the template cannot be kept, in English; empty where it can."""
    try:
        tree = ENVIRONMENT.parse(template)
    except TemplateSyntaxError as wrong:
        return [f"line {wrong.lineno}: {wrong.message}"]
    known, faults = set(may_say), []
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            faults.append(
                f"only text and {{{{ placeholders }}}} may stand here: line {node.lineno}"
            )
        elif isinstance(node, nodes.Name) and node.name not in known:
            faults.append(f"unknown placeholder {node.name}; there are: {', '.join(sorted(known))}")
    return faults


@lru_cache(maxsize=512)
def _compiled(template: str) -> Template:
    return ENVIRONMENT.from_string(template)


def render(
    template: str, facts: Mapping[str, str | None], language: str, zone: ZoneInfo, length_max: int
) -> str:
    """The text with its facts, spaces made single; instants and dates as people at `zone` say them.

    The template has passed `faults_of`. Facts are data: what looks like a placeholder in a title
    stays as it is.
    """
    said = {name: _said(name, value, language, zone) for name, value in facts.items()}
    return SPACE.sub(" ", _compiled(template).render(said)).strip()[:length_max]


def _said(name: str, value: str | None, language: str, zone: ZoneInfo) -> str:
    if not value:
        return ""
    if name.endswith("_at"):
        at = datetime.fromisoformat(value).astimezone(zone)
        return f"{_day(at.date(), language)} {at:%H:%M}"
    if name.endswith("_on"):
        return _day(date.fromisoformat(value), language)
    return SPACE.sub(" ", CONTROL.sub(" ", value)).strip()[:FACT_LENGTH_MAX]


def _day(day: date, language: str) -> str:
    weekday = WEEKDAYS[language][day.weekday()]
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日（{weekday}）"
    return f"{weekday} {day.isoformat()}"
