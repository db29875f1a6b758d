"""Record what Flink builds for each scenario, into ``tests/golden/scenarios`` and ``tests/golden/memory.jsonl``.

``python -m tests.conformance.record_golden`` needs the jars of every version. A file holds one scenario: what goes in,
and the answers, each with the versions that give it; the version's own name in an answer is written ``<version>``. Of a
refusal it holds the exceptions' classes and the options that they name, not Flink's sentences.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conformance.cases import Built, Refused
from tests.conformance.distributions import FLINK_VERSIONS
from tests.conformance.jvm import Flink, leave
from tests.conformance.memory_vectors import memory_vectors
from tests.conformance.named_keys import named_keys
from tests.conformance.scenarios import scenarios

GOLDEN = Path(__file__).parents[1] / "golden"


def main() -> None:
    """Ask each version in a process of its own, and write the files anew."""
    by_version = {version: _ask_in_process(version) for version in FLINK_VERSIONS}
    folder = GOLDEN / "scenarios"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, case in scenarios():
        answers = _merged({version: recorded["scenarios"][name] for version, recorded in by_version.items()})
        text = json.dumps({"case": case.to_json(), "answers": answers}, indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    lines = []
    for index, values in enumerate(memory_vectors()):
        answers = _merged({version: recorded["memory"][index] for version, recorded in by_version.items()})
        lines.append(json.dumps({"configuration": values, "answers": answers}) + "\n")
    (GOLDEN / "memory.jsonl").write_text("".join(lines))
    print(f"{len(list(folder.iterdir()))} scenarios, {len(lines)} memory vectors of Flink {', '.join(by_version)}")


def answer_of(flink: Flink, answer: Built | Refused) -> dict[str, Any]:
    """Return an answer as a golden file has it."""
    if isinstance(answer, Refused):
        exceptions = [name for name, _ in answer.errors]
        return {"refused": {"exceptions": exceptions, "keys": sorted(named_keys(answer, flink.version))}}
    recorded: dict[str, Any] = {"objects": answer.objects, "configuration": answer.configuration}
    return {**recorded, "lost": list(answer.lost)} if answer.lost else recorded


def _merged(answers: dict[str, Any]) -> list[dict[str, Any]]:
    versions: dict[str, list[str]] = {}
    for version, answer in answers.items():
        text = json.dumps(answer, ensure_ascii=False).replace(f":{version}-scala", ":<version>-scala")
        versions.setdefault(text, []).append(version)
    return [{"flink": names, **json.loads(text)} for text, names in versions.items()]


def _ask_in_process(version: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.conformance.record_golden", version]
    answers: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return answers


def _ask(version: str) -> dict[str, Any]:
    flink = Flink(version)
    answers = {name: answer_of(flink, flink.build(case)) for name, case in scenarios()}
    memory = []
    for values in memory_vectors():
        roles = {"job_manager": flink.job_manager_memory(values), "task_manager": flink.task_manager_memory(values)}
        memory.append({role: None if isinstance(parts, Refused) else parts for role, parts in roles.items()})
    flink.close()
    return {"scenarios": answers, "memory": memory}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        json.dump(_ask(sys.argv[1]), sys.stdout)
        leave()
    else:
        main()
