"""What pip-audit says of the locked versions, and of which it says nothing.

pip-audit ends well also where the index answers for none of them: a mirror without the public
list of known weaknesses looks like a clean bill.
"""

from typing import Any

import msgspec


class Looked(msgspec.Struct, frozen=True):
    """How many versions were compared, which were not, and what is known of the others."""

    compared: int
    skipped: list[str]
    weak: list[str]

    @property
    def good(self) -> bool:
        """Every version was compared and none is weak."""
        return self.compared > 0 and not self.skipped and not self.weak

    @property
    def told(self) -> str:
        """The report of it."""
        said = f"{self.compared} versions compared, {len(self.weak)} known weaknesses"
        if self.skipped:
            shown = ", ".join(self.skipped[:5])
            said += f"; NOT CHECKED: {len(self.skipped)} that the index does not know ({shown} …)"
        return "\n  ".join([said, *self.weak])


def read_report(report: bytes) -> Looked:
    """What `pip-audit --format json` says; raises msgspec.MsgspecError where it is no report."""
    told: dict[str, Any] = msgspec.json.decode(report, type=dict[str, Any])
    compared, skipped, weak = 0, [], []
    for each in told.get("dependencies", []):
        if "skip_reason" in each:
            skipped.append(str(each["name"]))
            continue
        compared += 1
        weak += [
            f"{each['name']} {each['version']}: {found['id']}, mended in"
            f" {', '.join(found.get('fix_versions', [])) or 'no version'}"
            for found in each.get("vulns", [])
        ]
    return Looked(compared, skipped, weak)
