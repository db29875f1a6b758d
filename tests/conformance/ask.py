"""Ask Flink: ``dev/conformance ask VERSION [-Dkey=value]... [--conf-dir DIR]`` prints what its client would create.

Files named in options are read from where they are; objects come as JSON on standard output, a refusal on standard
error with exit status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from tests.conformance.cases import Built, Case
from tests.conformance.jvm import Flink, leave

_DEFAULT_CONFIGURATION = "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n"


def main(arguments: list[str]) -> int:
    """Print Flink's answer; return the exit status."""
    parser = argparse.ArgumentParser(prog="dev/conformance ask", description=__doc__)
    parser.add_argument("version")
    parser.add_argument("-D", action="append", default=[], metavar="key=value", dest="properties")
    parser.add_argument(
        "--conf-dir", type=Path, help="as FLINK_CONF_DIR; default: the distribution's memory sizes only"
    )
    options = parser.parse_args(arguments)
    conf_dir = {"config.yaml": _DEFAULT_CONFIGURATION}
    if options.conf_dir:
        conf_dir = {file.name: file.read_text("utf-8") for file in options.conf_dir.iterdir() if file.is_file()}
    properties = dict(item.split("=", 1) if "=" in item else (item, "true") for item in options.properties)
    properties.setdefault("kubernetes.cluster-id", "my-session")
    environment = {name: os.environ[name] for name in ("HADOOP_CONF_DIR", "HADOOP_HOME") if name in os.environ}
    flink = Flink(options.version)
    answer = flink.build(Case(properties, conf_dir, {}, environment))
    flink.close()
    if not isinstance(answer, Built):
        print(answer, file=sys.stderr)
        return 1
    if answer.configuration is None or answer.lost:
        print(f"lost on the way into the configuration file: {', '.join(answer.lost)}", file=sys.stderr)
    json.dump(answer.objects, sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
