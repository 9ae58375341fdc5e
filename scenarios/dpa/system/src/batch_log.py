"""The audit of batches: a table of the warehouse and a file, so that either can be lost."""

import sys

import sqlalchemy as sa

from batch import now
from batch_file import BatchFile

ENTRY = """batch_id, day::text, started_at, finished_at, outcome, reason, records_read, bad_records,
  facts"""

BEGIN = sa.text("""INSERT INTO batch_log (batch_id, day, started_at)
  VALUES (:batch_id, :day, :started_at)""")

# Changes only an entry that is still open: "loaded", set by the load's own transaction, stays.
# While that transaction is being committed this waits for it, so the answer is the truth.
CLOSE = sa.text("""INSERT INTO batch_log AS known
    (batch_id, day, started_at, finished_at, outcome, reason, records_read, bad_records)
  VALUES (:batch_id, :day, :started_at, :finished_at, :outcome, :reason, :records_read,
          :bad_records)
  ON CONFLICT (batch_id) DO UPDATE SET finished_at = excluded.finished_at,
    outcome = excluded.outcome, reason = excluded.reason, records_read = excluded.records_read,
    bad_records = excluded.bad_records
  WHERE known.outcome = 'running'""")

SETTLE = sa.text(f"""UPDATE batch_log SET outcome = 'failed', finished_at = now(),
    reason = 'ended without a word: killed, or its session was lost'
  WHERE outcome = 'running' RETURNING {ENTRY}""")

CLOSED = sa.text(f"SELECT {ENTRY} FROM batch_log WHERE outcome <> 'running' ORDER BY entry")
ONE = sa.text(f"SELECT {ENTRY} FROM batch_log WHERE batch_id = :batch_id")


class BatchLog:
    """Every method uses a connection of its own: an entry must outlive the load's rollback."""

    def __init__(self, engine, folder):
        self._engine = engine
        self._file = BatchFile(folder)

    def settle(self):
        """For the holder of the run's lock: nobody else is alive, so open entries are closed.

        Returns them. The file then gets whatever only the table knows.
        """
        with self._engine.begin() as connection:
            orphans = [plain(row) for row in connection.execute(SETTLE)]
            closed = [plain(row) for row in connection.execute(CLOSED)]
        in_file = self._file.outcomes()
        for entry in closed:
            if in_file.get(entry["batch_id"]) != entry["outcome"]:
                self._file.append(entry)
        return orphans

    def begin(self, batch):
        with self._engine.begin() as connection:
            connection.execute(BEGIN, {
                "batch_id": batch.id, "day": batch.day, "started_at": batch.started_at})

    def close(self, batch, ending):
        """Logs how the batch has ended; `ending` is None when it was loaded. Returns the entry."""
        entry = entry_of(batch, ending)
        try:
            with self._engine.begin() as connection:
                if ending is not None:
                    connection.execute(CLOSE, entry)
                entry = plain(connection.execute(ONE, {"batch_id": batch.id}).one())
        except sa.exc.DBAPIError as error:
            complain(f"batch {batch.id} is not in batch_log: {error.orig}")
        try:
            self._file.append(entry)
        except OSError as error:
            complain(f"batch {batch.id} is not in the log file: {error}")
        return entry


def entry_of(batch, ending):
    return {
        "batch_id": batch.id,
        "day": batch.day.isoformat(),
        "started_at": batch.started_at.isoformat(),
        "finished_at": now().isoformat(),
        "outcome": "loaded" if ending is None else ending.outcome,
        "reason": None if ending is None else str(ending),
        "records_read": batch.records_read,
        "bad_records": batch.bad_records,
        "facts": batch.facts if ending is None else None,
    }


def plain(row):
    entry = dict(row._mapping)
    for name in ("started_at", "finished_at"):
        entry[name] = entry[name] and entry[name].isoformat()
    return entry


def complain(text):
    print(f"pipeline: {' '.join(text.split())}", file=sys.stderr, flush=True)
