"""One run of the pipeline for one day."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timezone


def now():
    return datetime.now(timezone.utc)


@dataclass
class Batch:
    day: date
    started_at: datetime = field(default_factory=now)
    id: str = field(init=False)
    records_read: int | None = None
    bad_records: int | None = None
    facts: int | None = None

    def __post_init__(self):
        # Known before the warehouse is, so that a batch which never reached it can be logged.
        self.id = f"{self.started_at:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"
