"""For drills: reloads the day again and again, and kills every run at another instant of its Load.

    bin/python drill/kill_loads.py --next 10 --of 50 --seed 7

The instants are drawn from the seed: one in each of as many equal parts of Load as there will be
kills, in random order. Called again, it goes on with the next ones. It fails unless each of them
struck; killed_runs.py compares its notes with the warehouse.
"""

import argparse
import math
import os
import random
import select
import signal
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import main_pipeline
from environment import Environment
from killed_runs import Kill, Notes, standing
from run_record import RunFile

POLL_S = 0.002
LOAD_WITHIN_S = 30  # also for the lock, which the session of the one before may still hold
BEYOND_COMMIT = 1.08  # of a whole Load: some kills come after COMMIT, whatever Load takes now
MOST_ESCAPES = 10


def shares_of_load(count, seed):
    """The first kill waits for COMMIT, and so tells the others how long Load takes here."""
    chance = random.Random(seed)
    parts = count - 1
    shares = [BEYOND_COMMIT * (part + chance.random()) / parts for part in range(parts)]
    chance.shuffle(shares)
    return [math.inf, *shares]


def pipeline(output):
    os.dup2(output, sys.stdout.fileno())
    sys.argv = ["main_pipeline.py", "--wait", str(LOAD_WITHIN_S)]
    sys.exit(main_pipeline.main())


class Run:
    """The pipeline in a process of its own, forked from this one, which has imported its packages:
    to import them fifty times would take longer than the fifty loads."""

    def __init__(self):
        self._words, output = os.pipe()
        self._process = get_context("fork").Process(target=pipeline, args=(output,))
        self._process.start()
        os.close(output)

    def reach_load(self, file):
        """Returns its batch."""
        until = time.monotonic() + LOAD_WITHIN_S
        while time.monotonic() < until and self._process.is_alive():
            record = file.read()
            if record and record.pid == self._process.pid and record.phase == "load":
                return record.batch_id
            time.sleep(POLL_S)
        self.kill()
        raise SystemExit("a run did not reach Load")

    def committed_within(self, seconds):
        """Its first words come right after COMMIT; returns as soon as they do."""
        return bool(select.select([self._words], [], [], seconds)[0])

    def kill(self):
        """Returns whether that ended it, and in Load: it had not yet said how its batch ended."""
        self._process.kill()
        self._process.join()
        with open(self._words, encoding="utf-8") as words:
            said_all = "pipeline: batch" in words.read()
        return self._process.exitcode == -signal.SIGKILL and not said_all


def strike(file, url, notes, shares):
    """Returns how many runs were over before the kill came: each is made up for by another."""
    escapes = 0
    load_s = notes.kills[-1].load_s if notes.kills else LOAD_WITHIN_S
    while shares and escapes <= MOST_ESCAPES:
        run = Run()
        batch_id = run.reach_load(file)
        begun = time.monotonic()
        committed = run.committed_within(min(shares[0] * load_s, LOAD_WITHIN_S))
        after_s = time.monotonic() - begun
        if committed:
            load_s = after_s
        if run.kill():
            notes.add(Kill(batch_id, after_s, load_s, committed, standing(url)))
            shares.pop(0)
        else:
            escapes += 1
    return escapes


def main():
    parser = argparse.ArgumentParser(description="Kills runs of the pipeline in their Load.")
    parser.add_argument("--next", type=int, required=True, help="how many to kill now")
    parser.add_argument("--of", type=int, required=True, help="how many it will be in the end")
    parser.add_argument("--seed", required=True, help="of the instants")
    arguments = parser.parse_args()
    env = Environment()
    folder = Path(env.text("LOG_DIR"))
    url = env.url("WAREHOUSE_URL", "postgresql")
    env.check()

    notes = Notes(folder)
    first = len(notes.kills)
    shares = shares_of_load(arguments.of, arguments.seed)[first : first + arguments.next]
    escapes = strike(RunFile(folder), url, notes, shares)
    struck = len(notes.kills) - first
    print(f"{struck} runs killed in Load, {escapes} were over before")
    return 0 if struck == arguments.next else 1


if __name__ == "__main__":
    sys.exit(main())
