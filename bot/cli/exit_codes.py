"""Exit codes of `footnote`."""

ANSWERED = 0  # or done, for commands that do not answer
FAILED_CASES = 1
BAD_INPUT = 2
ABSTAINED = 3
INTERNAL_ERROR = 70
INTERRUPTED = 130
