"""For drills: compares the runs that kill_loads.py killed with what the warehouse says of them.

    bin/python drill/killed_runs.py 50

Wants so many, each of them in the warehouse's log: rolled back whole, or loaded when COMMIT came
before the kill. Both must occur, else the instants did not reach across all of Load. And what stood
in the warehouse right after each kill must have been one batch, as large as the day is. The next
run closes the entry of a killed one, so this comes after a reload.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg2

from environment import Environment

LOGGED = "SELECT batch_id, outcome, reason FROM batch_log WHERE batch_id = ANY(%s)"
STANDING = "SELECT batch_id, count(*) FROM facts GROUP BY batch_id"


@dataclass
class Kill:
    batch_id: str
    after_s: float  # since Load began
    load_s: float  # what a whole Load takes
    committed: bool  # the run had said that it has
    standing: dict  # facts by batch, right afterwards


def standing(url):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(STANDING)
            return dict(cursor.fetchall())
    finally:
        connection.close()


class Notes:
    def __init__(self, folder):
        self._path = folder / "kills.jsonl"
        lines = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        self.kills = [Kill(**json.loads(line)) for line in lines]

    def add(self, kill):
        self.kills.append(kill)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(kill)) + "\n")


def problems_of(kills, logged, day):
    """`logged`: outcome and reason by batch; `day`: how many facts a whole one has."""
    for kill in kills:
        outcome, reason = logged.get(kill.batch_id, ("not logged", None))
        rolled_back = outcome == "failed" and reason.startswith("ended without a word")
        if kill.committed and outcome != "loaded":
            yield f"{kill.batch_id} had committed and is {outcome}"
        elif outcome != "loaded" and not rolled_back:
            yield f"{kill.batch_id} is {outcome}: {reason}"
        if list(kill.standing.values()) != [day]:
            yield f"when {kill.batch_id} was killed, there were {kill.standing}, not one batch of {day}"


def main():
    parser = argparse.ArgumentParser(description="Judges the runs that were killed.")
    parser.add_argument("count", type=int)
    wanted = parser.parse_args().count
    env = Environment()
    folder = Path(env.text("LOG_DIR"))
    url = env.url("WAREHOUSE_URL", "postgresql")
    env.check()

    kills = Notes(folder).kills
    batches = [kill.batch_id for kill in kills]
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(LOGGED, (batches,))
        logged = {batch_id: (outcome, reason) for batch_id, outcome, reason in cursor}
        loaded = [batch_id for batch_id, (outcome, _) in logged.items() if outcome == "loaded"]
        rolled_back = list(set(batches) - set(loaded))
    connection.close()

    problems = list(problems_of(kills, logged, sum(standing(url).values())))
    if len(set(batches)) != wanted:
        problems.append(f"{len(set(batches))} runs were killed, not {wanted}")
    if not loaded or not rolled_back:
        problems.append("all kills fell on the same side of COMMIT")
    after = [1000 * kill.after_s for kill in kills] or [0]
    print(f"{len(kills)} runs killed from {min(after):.0f} to {max(after):.0f} ms after Load began:"
          f" {len(rolled_back)} rolled back whole, {len(loaded)} loaded")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
