"""A typed client of the platform, for integrators: `docs/client.md` shows it at work.

    with Client("https://edu.example", Password(username="li.ming", password="…")) as client:
        for loan in client.lending.all_loans(mine=True):
            print(loan.title, loan.ends_at)

It imports nothing of the server. The structs and methods in `generated` are written from the API
description (`make client`); a test fails when the two differ.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schoolgroup.client.awaiting import AsyncClient
    from schoolgroup.client.calling import Client
    from schoolgroup.client.exchange import Patience, Timeouts
    from schoolgroup.client.feed import Place
    from schoolgroup.client.keys import ClientCredentials, Credentials, Nobody, Password, Tokens
    from schoolgroup.client.kinds import Asked, Content, Link, Page, Word

__all__ = [
    "Asked",
    "AsyncClient",
    "Client",
    "ClientCredentials",
    "Content",
    "Credentials",
    "Link",
    "Nobody",
    "Page",
    "Password",
    "Patience",
    "Place",
    "Timeouts",
    "Tokens",
    "Word",
]

# Where each name is: imported when it is asked for, so that a command of the server, which only
# wants to know the options of `schoolgroup login`, does not wait for an HTTP client.
_MODULES = {
    "AsyncClient": "awaiting",
    "Client": "calling",
    "Patience": "exchange",
    "Timeouts": "exchange",
    "Place": "feed",
    "ClientCredentials": "keys",
    "Credentials": "keys",
    "Nobody": "keys",
    "Password": "keys",
    "Tokens": "keys",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'kinds')}"), name)
