"""Loads one day into the warehouse: extract, transform, load. See README.md for the exit codes."""

import argparse
import signal
import sys
import time
import traceback
from datetime import date

import sqlalchemy as sa

from alert import send_alert
from batch import Batch
from batch_log import BatchLog
from extract import extract
from load import load
from outcomes import LOADED, Ending, Interrupted, Retryable
from run_record import RunFile
from schedule import yesterday
from settings import Settings
from transform import transform
from warehouse import ending_of, only_run, open_engine

STOPS = {signal.SIGTERM, signal.SIGINT}


def read_arguments():
    parser = argparse.ArgumentParser(description="Loads one day; loading it again replaces it.")
    parser.add_argument("--day", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD",
                        help="default: yesterday (UTC)")
    parser.add_argument("--retries", type=count, default=0, metavar="N",
                        help="how often a run that may be tried again is; default 0")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS",
                        help="how long to wait for another run to end; default 0")
    return parser.parse_args()


def count(text):
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"not a whole number from 0: {text!r}")
    return int(text)


class Run:
    """One attempt to load one day: one batch, one entry in the log."""

    def __init__(self, settings, day):
        self._settings = settings
        self._engine = open_engine(settings)
        self._log = BatchLog(self._engine, settings.log_dir)
        self._file = RunFile(settings.log_dir)
        self._batch = Batch(day)
        self._entry = None

    def attempt(self, patience):
        """Returns the exit code."""
        ending = ending_within(self._alone, patience)
        if self._entry is None:
            self._close(ending)
        if self._entry["outcome"] == "loaded":
            return LOADED
        self._alert(self._entry)
        return ending.code

    def _alone(self, patience):
        with only_run(self._engine, patience) as session:
            ending = ending_within(self._carry_out, session)
            session.close()  # rolls back what was not committed, so that the log can be told
            self._close(ending)  # still alone: nobody takes the open entry for an orphan's
            self._file.remove()
            if ending is not None:
                raise ending

    def _carry_out(self, session):
        batch = self._batch
        self._file.write(batch, "extract")
        for orphan in self._log.settle():
            self._alert(orphan)
        self._log.begin(batch)
        raw = extract(self._settings, batch.day)

        self._file.write(batch, "transform")
        transformed = transform(raw, batch.day)
        batch.records_read = transformed.records_read
        batch.bad_records = transformed.bad_records
        transformed.refuse_if_mostly_bad()

        self._file.write(batch, "load")
        replaced = load(session, batch, transformed, self._settings.load_pause)
        session.commit()
        batch.facts = len(transformed.facts)
        print(f"pipeline: {batch.facts} facts for {batch.day} in place of {replaced}", flush=True)

    def _close(self, ending):
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # from here on nothing cuts the log short
        self._entry = self._log.close(self._batch, ending)
        print(f"pipeline: batch {self._batch.id} for {self._batch.day}"
              f" {self._entry['outcome']}: {self._entry['reason'] or 'complete'}", flush=True)

    def _alert(self, entry):
        details = {name: entry[name] for name in ("batch_id", "day", "outcome", "reason")}
        send_alert(self._settings, "batch not loaded", **details)


def ending_within(work, *arguments):
    """None when `work` succeeds, else how it ended."""
    try:
        work(*arguments)
        return None
    except Ending as ending:
        return ending
    except sa.exc.DBAPIError as error:
        return ending_of(error)
    except OSError as error:  # no log, no run: one that cannot be found could not be ended
        return Retryable(f"the run cannot be recorded: {error}")
    except Exception as error:
        traceback.print_exc()
        return Ending(f"unexpected: {type(error).__name__}: {error}")


def interrupt(number, _):
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # once is enough
    raise Interrupted(number)


def main():
    arguments = read_arguments()
    settings = Settings.read()
    for stop in STOPS:
        signal.signal(stop, interrupt)
    for retries_left in range(arguments.retries, -1, -1):
        code = Run(settings, arguments.day or yesterday()).attempt(arguments.wait)
        if code != Retryable.code or retries_left == 0:
            return code
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        time.sleep(settings.retry_pause)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Interrupted as ending:  # between two attempts, or before the first
        sys.exit(ending.code)
