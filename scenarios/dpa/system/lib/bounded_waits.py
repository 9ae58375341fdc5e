"""psycopg2 waits for a silent database for ever; whoever must not, bounds every wait."""

import select
import time

import psycopg2
from psycopg2 import extensions


def bound_waits(seconds):
    """From now on, connecting or querying fails when it takes longer; for the whole process.

    psycopg2 closes the connection itself when the wait fails.
    """

    def wait(connection):
        until = time.monotonic() + seconds
        while True:
            state = connection.poll()
            if state == extensions.POLL_OK:
                return
            reads = [connection] if state == extensions.POLL_READ else []
            writes = [connection] if state == extensions.POLL_WRITE else []
            left = max(0, until - time.monotonic())
            if not any(select.select(reads, writes, [], left)):
                raise psycopg2.OperationalError(f"no answer within {seconds:g} s")

    extensions.set_wait_callback(wait)
