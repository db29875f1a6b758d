"""Record what the ``conf/config.yaml`` of Flink distributions sets.

Run as ``python tests/golden/record_distribution.py 2.2.0 2.2.1``. The distributions come from PyPI, where the
``apache-flink`` wheel holds the configuration folder. Needs pip and PyYAML.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from flink_session.configuration import load_config_yaml


def config_yaml_of(version: str) -> str:
    """Return the text of ``conf/config.yaml`` in the distribution of ``version``."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", folder, f"apache-flink=={version}"], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        return zipfile.ZipFile(wheel).read("pyflink/conf/config.yaml").decode()


def main() -> None:
    """Record each version named on the command line."""
    for version in sys.argv[1:]:
        values = dict(sorted(load_config_yaml(config_yaml_of(version)).values.items()))
        path = Path(__file__).parent / "distribution" / f"{version}.json"
        path.write_text(json.dumps(values, indent=1) + "\n")
        print(path)


if __name__ == "__main__":
    main()
