"""Which process is running the pipeline, and where it stands: LOG_DIR/running.json."""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

GONE_POLL_S = 0.02


@dataclass
class RunRecord:
    batch_id: str
    day: str
    phase: str
    pid: int
    born: int  # when the process began: another one may get the same number later


class RunFile:
    def __init__(self, folder):
        self._path = folder / "running.json"

    def write(self, batch, phase):
        pid = os.getpid()
        record = RunRecord(batch.id, batch.day.isoformat(), phase, pid, born_at(pid))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".tmp")
        fresh.write_text(json.dumps(asdict(record)), "utf-8")
        os.replace(fresh, self._path)

    def remove(self):
        self._path.unlink(missing_ok=True)

    def read(self):
        """The record of a process that is alive, else None."""
        try:
            record = RunRecord(**json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return record if born_at(record.pid) == record.born else None


def born_at(pid):
    """In clock ticks since the machine started; None when there is no such process (any more)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    state, *fields = text.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])


def send_signal(record, number):
    """To this very process and no other. Returns whether it was still there."""
    try:
        handle = os.pidfd_open(record.pid)
    except ProcessLookupError:
        return False
    try:
        if born_at(record.pid) != record.born:
            return False
        signal.pidfd_send_signal(handle, number)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)


def wait_gone(record, seconds):
    until = time.monotonic() + seconds
    while born_at(record.pid) == record.born:
        if time.monotonic() >= until:
            return False
        time.sleep(GONE_POLL_S)
    return True
