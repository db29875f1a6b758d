"""Record what live sessions of several versions of Flink answer to the client: ``client_answers/VERSION.json``.

Run as ``FLINK_SESSION_TEST_JAR=$(dev/job/build) python -m tests.golden.record_client_answers``. The versions' jars
must be here (``dev/conformance VERSION`` downloads them), and Java; the sessions run as processes on 127.0.0.1.

An answer is kept as it came, but for what is long and says nothing more: stack traces keep the lines that name a
class, lists twelve entries, texts that are no JSON their beginning. Folders have the names that they have in a pod.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flink_session.client.access.direct import Direct
from flink_session.client.exchange import Call, NoAnswer, Request, Response
from flink_session.client.http import BlockingHttp
from flink_session.client.runners import Blocking
from tests.conformance.distributions import distribution
from tests.support import client_story
from tests.support.local_flink import LocalFlink, local_flink

T = TypeVar("T")

VERSIONS = ("1.20.5", "2.2.1", "2.3.0")
FOLDER = Path(__file__).parent / "client_answers"
_OPTIONS = {"web.refresh-interval": "100", "heartbeat.interval": "1000"}
_USUAL = {"rest.profiling.enabled": "true"}
_ADAPTIVE = {"jobmanager.scheduler": "adaptive"}


class Recorder:
    """Runs the calls of the story, and keeps what was asked and answered."""

    def __init__(self, flink: LocalFlink, begin: Callable[[str], None], kept: dict[str, list[dict[str, Any]]]) -> None:
        self._http = BlockingHttp(Direct(flink.url))
        self._flink, self._begin, self._kept = flink, begin, kept

    def __call__(self, name: str, call: Callable[[], Call[T]], error: type[Exception] | None = None) -> T:
        assert name not in self._kept, name
        exchanges: list[dict[str, Any]] = []

        def send(request: Request, seconds: float | None) -> Response | NoAnswer:
            answer = self._http.send(request, seconds)
            assert isinstance(answer, Response), answer
            exchanges.append(self._exchange(request, answer))
            return answer

        self._begin(name)
        # Metrics and statistics come a little later than what they are about.
        time.sleep(0.5)
        try:
            return Blocking(send, None).run(call())
        except Exception as raised:
            if error is None or type(raised) is not error:
                raise
            return None  # type: ignore[return-value]
        finally:
            self._kept[name] = _without_repetitions(exchanges)

    def _exchange(self, request: Request, answer: Response) -> dict[str, Any]:
        asked = {
            "request": f"{request.method} {request.path}",
            "params": dict(request.params),
            "body": request.body,
            "status": answer.status,
        }
        try:
            said = {"json": _shortened(json.loads(answer.content))}
        except ValueError:
            said = {"text": answer.content.decode(errors="replace")[:300]}
        text = json.dumps({**{key: value for key, value in asked.items() if value}, **said})
        text = text.replace(str(self._flink.folder), "/session").replace(str(self._flink.distribution), "/opt/flink")
        return dict(json.loads(text))


def _without_repetitions(exchanges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of answers to one question asked again and again, keep the first and the last."""
    kept: list[dict[str, Any]] = []
    for exchange in exchanges:
        if len(kept) > 1 and kept[-1]["request"] == kept[-2]["request"] == exchange["request"]:
            kept.pop()
        kept.append(exchange)
    return kept


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "" if key == "serialized-throwable" else _shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item) for item in value[:12]]
    if isinstance(value, str) and "\n" in value:
        lines = [line for line in value.splitlines() if not line.lstrip().startswith(("at ", "...", "- "))]
        return "\n".join(lines)
    return value


def record(version: str, jar: Path) -> dict[str, list[dict[str, Any]]]:
    """Tell the story to sessions of this version, and return what they said, by call."""
    home = distribution(version)
    assert home, f"the jars of Flink {version} are not here: dev/conformance {version}"
    kept: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder, client_story.known_ids() as begin:
        checkpoints = {"execution.checkpointing.dir": f"file://{folder}/usual/checkpoints"}
        with local_flink(home, Path(folder) / "usual", {**_OPTIONS, **_USUAL, **checkpoints}) as flink:
            client_story.of_the_usual_session(Recorder(flink, begin, kept), jar, str(flink.folder))
        with local_flink(home, Path(folder) / "adaptive", {**_OPTIONS, **_ADAPTIVE}) as flink:
            client_story.of_the_adaptive_session(Recorder(flink, begin, kept), jar)
    return kept


def main() -> None:
    """Record each version."""
    for version in VERSIONS:
        kept = record(version, Path(os.environ["FLINK_SESSION_TEST_JAR"]))
        lines = [f"{json.dumps(name)}: {json.dumps(exchanges, sort_keys=True)}" for name, exchanges in kept.items()]
        (FOLDER / f"{version}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
        print(version, len(kept))


if __name__ == "__main__":
    main()
