"""For drills: tries to delete from every business table, and wants to be told that it is protected.

    bin/python drill/try_to_delete.py postgresql://dpa_admin@127.0.0.1:5434/dpa

DELETE, TRUNCATE and DROP, as the administrator of that address, whom no privilege stops, and as the
owner of the tables. The pipeline's own role lacks even the privilege.
"""

import argparse
import sys

import psycopg2

from warehouse import LOCK_KEY

TABLES = ("facts", "carriers", "destinations", "batch_log")
# A table that others refer to is refused without CASCADE for that alone.
ATTEMPTS = ("DELETE FROM {}", "TRUNCATE {} CASCADE", "DROP TABLE {} CASCADE")
PROTECTED = "is protected: "


def refusal_of(cursor, statement):
    """None when it was done."""
    try:
        cursor.execute(statement)
        return None
    except psycopg2.Error as error:
        return str(error).partition("\n")[0]


def problems_of(cursor, role, wanted):
    cursor.execute(f"SET ROLE {role}")
    for table in TABLES:
        for attempt in ATTEMPTS:
            statement = attempt.format(table)
            refusal = refusal_of(cursor, statement)
            if refusal is None:
                yield f"{role}: {statement} was done"
            elif wanted not in refusal:
                yield f"{role}: {statement} was refused for another reason: {refusal}"
    cursor.execute("RESET ROLE")


def main():
    parser = argparse.ArgumentParser(description="Tries to delete from the business tables.")
    parser.add_argument("url")
    connection = psycopg2.connect(parser.parse_args().url)
    connection.autocommit = True  # what is not refused is done
    with connection.cursor() as cursor:
        # Alone, as a run is: these statements and a load would wait for each other's locks.
        cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        problems = [
            *problems_of(cursor, "dpa_admin", PROTECTED),
            *problems_of(cursor, "dpa_keeper", PROTECTED),
            *problems_of(cursor, "dpa_etl", ""),
        ]
    connection.close()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
