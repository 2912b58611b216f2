"""The application as it is described, without services: made once for all tests that look at it."""

from functools import cache

from litestar import Litestar

from schoolgroup.app import create_app
from schoolgroup.kernel.settings import read_settings


@cache
def bare_app() -> Litestar:
    """Every route of the application; it is never started, and nobody changes it."""
    return create_app(read_settings({}, secret="-" * 40))
