"""The warehouse as SQLAlchemy sees it: connections, the lock of the only run, and its errors."""

import time
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from outcomes import AnotherRun, LoadRefused, Retryable

CONNECT_TIMEOUT_S = 5
LOCK_KEY = 0x647061  # "dpa"; whoever holds it is the run
LOCK_POLL_S = 0.2

# Deadlock, serialization, lock time-out, read-only for the moment; then whole classes:
# connection, resources (a full disk), operator (shutdown, ended session), system.
PASSING_STATES = {"40P01", "40001", "55P03", "25006"}
PASSING_CLASSES = {"08", "53", "57", "58"}


def open_engine(settings):
    """Without a pool: a closed connection is really closed, and with it go its locks."""
    return sa.create_engine(
        settings.warehouse_url,
        future=True,
        poolclass=NullPool,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "dpa pipeline",
            "options": f"-c lock_timeout={settings.lock_timeout * 1000:.0f}",
        },
    )


@contextmanager
def only_run(engine, patience):
    """A session that no other run has at the same time; AnotherRun when that cannot be had.

    The lock belongs to the very connection that loads: they are lost together, so no second run
    can begin while a transaction of the first is alive.
    """
    with engine.connect() as connection:
        until = time.monotonic() + patience
        while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(LOCK_KEY))):
            connection.rollback()
            if time.monotonic() >= until:
                raise AnotherRun("another run")
            time.sleep(LOCK_POLL_S)
        connection.commit()
        with Session(bind=connection, future=True) as session:
            yield session


def ending_of(error):
    """What an error of the database means for the run. Its transaction is rolled back anyway."""
    state = getattr(error.orig, "pgcode", None)
    text = str(error.orig).strip().partition("\n")[0] or type(error.orig).__name__
    lost = state is None and isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError))
    if lost or state in PASSING_STATES or (state and state[:2] in PASSING_CLASSES):
        return Retryable(f"warehouse: {text}")
    return LoadRefused(f"warehouse: {text}")
