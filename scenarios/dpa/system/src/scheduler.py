"""Runs the pipeline every night, and says over HTTP how the last runs went."""

import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from environment import Environment
from json_server import JsonServer, end_at_signals
from outcomes import name_of
from schedule import Schedule
from settings import Settings

PIPELINE = Path(__file__).with_name("main_pipeline.py")
MOST_KEPT = 100
STOP_WITHIN_S = 3


def text_of(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


class Scheduler:
    def __init__(self, schedule):
        self._schedule = schedule
        # Replaced as wholes, so that whoever answers HTTP reads them without a lock.
        self._running = None
        self._runs = ()  # newest first

    def runs(self, *_):
        return 200, {"running": self._running, "runs": self._runs}

    def work(self):
        slot = self._schedule.latest(time.time())
        while True:
            # A run that lasts beyond its period costs the slots it lasts over, not more.
            slot = max(self._schedule.next(slot), self._schedule.latest(time.time()))
            time.sleep(max(0, slot - time.time()))
            self._run(slot)

    def _run(self, slot):
        day = self._schedule.day_of(slot).isoformat()
        started = time.time()
        process = subprocess.Popen([sys.executable, PIPELINE, "--day", day])
        run = {"day": day, "due_at": text_of(slot), "started_at": text_of(started)}
        self._running = {**run, "pid": process.pid}
        try:
            code = process.wait()
        finally:
            self._end(process)
        ended = {"finished_at": text_of(time.time()), "exit_code": code, "outcome": name_of(code)}
        self._running = None
        self._runs = ({**run, **ended}, *self._runs)[:MOST_KEPT]
        print(f"scheduler: {day}: {name_of(code)}", flush=True)

    @staticmethod
    def _end(process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()


def main():
    env = Environment()
    port = env.whole("PORT", 4100)
    schedule = Schedule(env)
    Settings(env)  # the pipeline's own: what it lacks is said now, and not at night
    env.check()
    end_at_signals()
    scheduler = Scheduler(schedule)
    JsonServer("scheduler", port, {"GET /runs": scheduler.runs}).serve_in_background()
    scheduler.work()


if __name__ == "__main__":
    main()
