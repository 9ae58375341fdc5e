"""Load: everything in the caller's one transaction. What goes wrong is simply not committed."""

import time

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

ROWS_AT_ONCE = 200

FACTS = sa.table("facts", *map(sa.column, (
    "shipment_ref", "day", "carrier", "destination", "source", "weight_g", "cost_cents",
    "batch_id")))
CARRIERS = sa.table("carriers", sa.column("code"), sa.column("name"))
DESTINATIONS = sa.table("destinations", sa.column("code"))
BATCH_LOG = sa.table("batch_log", *map(sa.column, (
    "batch_id", "finished_at", "records_read", "bad_records")))


def load(session, batch, transformed, pause):
    """Replaces the day of the batch. Returns how many facts of an earlier batch made room.

    `pause` is for drills: it rests so long before the first step and after every one, so that
    something can be broken.
    """
    facts = transformed.facts
    time.sleep(pause)
    replaced = session.scalar(sa.select(sa.func.replace_day(batch.id, batch.day, len(facts))))
    time.sleep(pause)
    load_dimensions(session, transformed)
    time.sleep(pause)
    rows = facts.assign(batch_id=batch.id).to_dict("records")
    for first in range(0, len(rows), ROWS_AT_ONCE):
        session.execute(sa.insert(FACTS), rows[first : first + ROWS_AT_ONCE])
        time.sleep(pause)
    session.execute(
        sa.update(BATCH_LOG)
        .where(BATCH_LOG.c.batch_id == batch.id)
        .values(
            finished_at=sa.func.clock_timestamp(),
            records_read=transformed.records_read,
            bad_records=transformed.bad_records,
        )
    )
    return replaced


def load_dimensions(session, transformed):
    carriers = insert(CARRIERS)
    carriers = carriers.on_conflict_do_update(
        index_elements=["code"],
        set_={"name": carriers.excluded.name},
        where=CARRIERS.c.name != carriers.excluded.name,
    )
    session.execute(carriers, transformed.carriers.to_dict("records"))
    codes = sorted(transformed.facts["destination"].unique())
    destinations = insert(DESTINATIONS).on_conflict_do_nothing()
    session.execute(destinations, [{"code": code} for code in codes])
