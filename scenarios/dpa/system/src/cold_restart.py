"""Cold restart: ends the hung load, then reloads the last day. Escalates when that fails."""

import argparse
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg2

from alert import send_alert
from bounded_waits import bound_waits
from outcomes import Retryable, name_of
from run_record import RunFile, send_signal, wait_gone
from schedule import yesterday
from settings import Settings
from warehouse import LOCK_KEY

PIPELINE = Path(__file__).with_name("main_pipeline.py")
ANSWER_WITHIN_S = 5
SESSION_GONE_WITHIN_MS = 2500  # less than that: the database waits for it before it answers
GONE_WITHIN_S = 5
RETRIES = "2"

# The session that holds the run's lock is the load, also when its process is long gone.
END_SESSION = """SELECT pg_terminate_backend(pid, %s) FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = %s AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def read_arguments():
    parser = argparse.ArgumentParser(description="Ends the hung load, then reloads the last day.")
    parser.add_argument("--day", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD",
                        help="default: the day of the hung load, else yesterday (UTC)")
    parser.add_argument("--within", type=float, default=600, metavar="SECONDS",
                        help="how long the reload may take; default 600")
    return parser.parse_args()


def end_session(warehouse_url):
    """Returns how many sessions were ended."""
    bound_waits(ANSWER_WITHIN_S)
    connection = psycopg2.connect(warehouse_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(END_SESSION, (SESSION_GONE_WITHIN_MS, LOCK_KEY))
            return cursor.rowcount
    finally:
        connection.close()


def end_load(settings):
    """Returns the record of the process that was ended, if there was one."""
    record = RunFile(settings.log_dir).read()  # before anything: a later run is not killed
    try:
        print(f"cold restart: sessions ended: {end_session(settings.warehouse_url)}", flush=True)
    except psycopg2.Error as error:
        print(f"cold restart: no session ended: {error}", file=sys.stderr, flush=True)
    if record is None or not send_signal(record, signal.SIGKILL):
        print("cold restart: no process of a load is left", flush=True)
        return record
    fate = "killed" if wait_gone(record, GONE_WITHIN_S) else "killed, but not gone yet"
    print(f"cold restart: process {record.pid} of batch {record.batch_id} {fate}", flush=True)
    return record


def reload_day(day, within):
    """Returns the exit code; a reload that hangs in its turn is killed and may be tried again."""
    command = [sys.executable, PIPELINE, "--day", day, "--retries", RETRIES, "--wait", "30"]
    try:
        return subprocess.run(command, timeout=within).returncode
    except subprocess.TimeoutExpired:
        return Retryable.code


def main():
    arguments = read_arguments()
    settings = Settings.read()
    ended = end_load(settings)
    day = str(arguments.day or (ended and ended.day) or yesterday())
    code = reload_day(day, arguments.within)
    print(f"cold restart: {day}: {name_of(code)}", flush=True)
    if code != 0:
        send_alert(settings, "cold restart failed: second level needed", level=2, day=day,
                   reason=name_of(code))
    return code


if __name__ == "__main__":
    sys.exit(main())
