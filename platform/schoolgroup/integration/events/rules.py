"""What a subscriber may ask for: pure."""

import re

from schoolgroup.integration.events.models import TYPES_MAX, Wanted
from schoolgroup.kernel.errors import Invalid, Problem

TYPE = re.compile(r"^(?P<family>[a-z_]{1,60})\.(?P<name>\*|[a-z_]{1,60})\Z")


def read_types(text: str | None) -> Wanted:
    """The types in `loan.opened,exam.*`; raises Invalid for anything else. None or empty: all."""
    if not text:
        return Wanted()
    names = text.split(",")
    matches = [TYPE.match(name.strip()) for name in names[:TYPES_MAX]]
    wrong = [name for name, match in zip(names, matches, strict=False) if match is None]
    if wrong or len(names) > TYPES_MAX:
        why = f"at most {TYPES_MAX} of the form loan.opened or loan.*, parted by commas"
        raise Invalid(problems=[Problem("query:/types", "invalid_value", why)])
    found = [match for match in matches if match is not None]
    return Wanted(
        types=[m[0] for m in found if m["name"] != "*"],
        families=[m["family"] for m in found if m["name"] == "*"],
    )
