"""For drills: runs a command and wants it to end with a certain exit code.

    bin/python drill/expect.py 23 -- bin/python src/main_pipeline.py
"""

import argparse
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description="Wants an exit code of a command.")
    parser.add_argument("code", type=int)
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    code = subprocess.run(arguments.command).returncode
    if code == arguments.code:
        return 0
    print(f"ended with {code}, expected {arguments.code}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
