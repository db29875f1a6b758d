"""The schema of the package as it is checked in. Run, it prints the one that Pulumi infers: ``make schema``."""

import json
from pathlib import Path
from typing import Any

from flink_session.component.remote import schema

FILE = Path(__file__).resolve().parents[2] / "plugin" / "schema.json"


def text_of(inferred: dict[str, Any]) -> str:
    """Write a schema as the file has it."""
    return json.dumps(inferred, indent=2) + "\n"


if __name__ == "__main__":
    print(text_of(schema()), end="")
