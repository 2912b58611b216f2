"""Every command and request of the guides, carried out in the order in which they stand.

`GUIDES_CURL=real` takes the machine's own curl instead of the one in `curl.py`.
"""

import socket
from typing import Any

import pytest

from schoolgroup.serving import serving
from tests.guides.conftest import ROOT, carry_out
from tests.guides.pages import Step, broken, steps_of

# One story: the office founds the group, a school works in it, a system is connected to the school.
STORY = (
    "docs/guides/office.md",
    "docs/guides/school.md",
    "docs/guides/integrator.md",
    "README.md",
    "docs/client.md",
)
# What docs/client.md names in capitals, of what the pages before it have made.
NAMES = """
export ADDRESS=$SERVER USERNAME=p0105 PASSWORD='seven quiet rivers' OFFER_ID=$OFFER
export FILE=$PWD/分数的意义.txt
"""


def faults(steps: list[Step], came: list[dict[str, Any]]) -> list[str]:
    """Where something else came than the page says."""
    wrong = []
    for step, one in zip(steps, came, strict=False):
        why = [broken(promise, one["out"], one["code"]) for promise in step.promises]
        if one["code"] != step.exit:
            why.append(f"exit code {one['code']}")
        wrong += [f"{step.where}: {fault}\n{one['out'][-1500:]}" for fault in why if fault]
    return wrong


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.long
async def test_what_the_guides_say_is_what_comes(guided, tmp_path):
    port = free_port()
    async with serving(guided) as address:
        own = {
            "SERVER": address,
            "FIRST": "$(sed -n 's/^xu.lei //p' first.txt)",
            "PORT": str(port),
            "HOOK": f"http://127.0.0.1:{port}/hook",
        }
        steps = [step for page in STORY for step in steps_of(ROOT / page, page, own)]
        at = next(n for n, step in enumerate(steps) if step.page == "docs/client.md")
        steps.insert(at, Step("names", 0, NAMES.strip(), ()))
        came = await carry_out(tmp_path, guided, steps)
    assert not (wrong := faults(steps, came)), "\n".join(wrong)
    assert len(came) == len(steps) + 1, f"it stopped at {steps[len(came) - 1].where}"
