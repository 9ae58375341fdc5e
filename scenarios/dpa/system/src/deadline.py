"""A time limit on a piece of straight code."""

import signal
from contextlib import contextmanager


@contextmanager
def deadline(seconds):
    """TimeoutError when the body takes longer. In the main thread only, and not around a database.

    A time-out on a socket starts anew with every byte; this one covers connection, headers and
    body together.
    """

    def late(*_):
        raise TimeoutError(f"no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
