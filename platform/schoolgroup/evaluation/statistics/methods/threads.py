"""Linear algebra on one thread.

On small matrices the threads of BLAS wait for each other (a 2PL on 651 × 20 took 1.6 s on two
busy cores, 0.15 s on one), and how a sum is split among threads decides its last bits: on one
thread the same request gives the same bytes whatever the machine is busy with.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _controller() -> ThreadpoolController:
    """The thread pools of the libraries loaded so far; numpy's and scipy's are by now."""
    return ThreadpoolController()


def one_thread(method: Callable[P, R]) -> Callable[P, R]:
    """Run `method` with BLAS on one thread."""

    @wraps(method)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with _controller().limit(limits=1, user_api="blas"):
            return method(*args, **kwargs)

    return limited
