"""For drills: sends a signal to the process that runs the pipeline, once it is in a phase.

    bin/python drill/signal_load.py STOP        the load hangs
    bin/python drill/signal_load.py KILL        the load dies

LOAD_PAUSE_MS makes Load last long enough to be met in the middle.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from environment import Environment
from run_record import RunFile, send_signal

POLL_S = 0.005


def main():
    parser = argparse.ArgumentParser(description="Signals the running pipeline.")
    parser.add_argument("signal", choices=["STOP", "CONT", "KILL", "TERM"])
    parser.add_argument("--phase", choices=["extract", "transform", "load"], default="load")
    parser.add_argument("--after", type=float, default=0.5, metavar="SECONDS",
                        help="how long after the phase was seen; default 0.5")
    parser.add_argument("--within", type=float, default=30, metavar="SECONDS",
                        help="how long to wait for the phase; default 30")
    arguments = parser.parse_args()
    env = Environment()
    folder = env.text("LOG_DIR")
    env.check()

    until = time.monotonic() + arguments.within
    while time.monotonic() < until:
        record = RunFile(Path(folder)).read()
        if record and record.phase == arguments.phase:
            time.sleep(arguments.after)
            if send_signal(record, signal.Signals[f"SIG{arguments.signal}"]):
                print(f"{arguments.signal} sent to {record.pid}, batch {record.batch_id}")
                return 0
        time.sleep(POLL_S)
    print(f"no run was in {arguments.phase} within {arguments.within:g} s", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
