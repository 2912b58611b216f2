"""The commands of schools and integrators, on the client: `schoolgroup login`, `upload`, …

Exit codes, by what went wrong (`exit_code`): 0 done · 1 anything else · 2 wrong usage · 3 sign in
first (401) · 4 not allowed (403) · 5 not there (404, 410) · 6 not in this state, or changed by
somebody else (409, 412, 428) · 7 what was sent is not valid (400, 413, 415, 416, 422) · 8 not now:
nobody answers, or only "later" (429, 5xx) · 9 the bytes are not those of the file · 130 stopped.
"""

from schoolgroup.client.errors import Refused, SchoolgroupError, TransferFailed, Unreachable

BY_STATUS = {
    401: 3, 403: 4, 404: 5, 410: 5, 409: 6, 412: 6, 428: 6,
    400: 7, 413: 7, 415: 7, 416: 7, 422: 7, 429: 8,
}  # fmt: skip


def exit_code(error: SchoolgroupError) -> int:
    """The exit code of a command that failed so."""
    if isinstance(error, Refused):
        return 8 if error.status >= 500 else BY_STATUS.get(error.status, 1)
    if isinstance(error, Unreachable):
        return 8
    return 9 if isinstance(error, TransferFailed) else 1
