"""How a run of the pipeline can end, and the exit code that says so."""

LOADED = 0
UNUSABLE_ARGUMENTS = 2  # argparse's own


class Ending(Exception):
    """A run that ends without having loaded: the warehouse is as it was."""

    outcome = "failed"
    code = 70  # something that nobody foresaw


class SourceUnavailable(Ending):
    outcome = "skipped"
    code = 20


class InputUnusable(Ending):
    code = 21


class TooManyBad(Ending):
    code = 22


class AnotherRun(Ending):
    outcome = "skipped"
    code = 23


class LoadRefused(Ending):
    code = 24


class Retryable(Ending):
    """Rolled back whole by something that may have passed when the same run is tried again."""

    code = 75


class Interrupted(Ending):
    def __init__(self, signal_number):
        super().__init__(f"interrupted by signal {signal_number}")
        self.code = 128 + signal_number


NAMES = {
    LOADED: "loaded",
    UNUSABLE_ARGUMENTS: "unusable arguments",
    SourceUnavailable.code: "skipped: source unavailable",
    InputUnusable.code: "failed: input unusable",
    TooManyBad.code: "failed: too many bad records",
    AnotherRun.code: "skipped: another run",
    LoadRefused.code: "failed: load refused",
    Ending.code: "failed: unexpected",
    Retryable.code: "failed: retryable",
    78: "configuration incomplete",
}


def name_of(code):
    """Also for a process that was killed: its code is then the signal's number, negative."""
    if code < 0:
        return f"killed by signal {-code}"
    return NAMES.get(code, f"ended with {code}")
