"""Runs `flink-session` until right before it changes a file for the n-th time, and kills it there. A script.

Arguments: n, the folder that counts, and those of the command.
"""

import os
import signal
import sys
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main() -> None:
    """Run the command."""
    fatal, folder, *words = sys.argv[1:]
    passed = 0

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal passed
        changes = event in ("os.rename", "os.remove", "os.mkdir") or (event == "open" and arguments[2] & _WRITING)
        if changes and str(arguments[0]).startswith(folder):
            passed += 1
            if passed == int(fatal):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(audit)
    from flink_session.cli.main import main as command  # noqa: PLC0415 (after the hook)

    command(words)


if __name__ == "__main__":
    main()
