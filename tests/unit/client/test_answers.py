"""What live sessions have answered is read; what is more in it changes nothing, what is missing is named."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flink_session.client.errors import FlinkError, UnexpectedAnswerError
from flink_session.client.exchange import Answer, Call, Request, Response
from flink_session.client.models import checkpoints, cluster, jars, jobs
from flink_session.client.reading import Model
from tests.golden.record_client_answers import FOLDER, VERSIONS
from tests.support import client_story

T = TypeVar("T")
Exchange = dict[str, Any]
ASKS_ON = object()
"""What a call comes to that wants to know more than was recorded."""
NOT_YET = {("tasks", "running"), ("latest",), ("latest", "savepoint")}
"""What is data: without a number no task runs, and without a last savepoint there is none yet."""


@dataclass(frozen=True)
class Step:
    """One call of the story, and what was said in it."""

    call: Callable[[], Call[Any]]
    exchanges: list[Exchange]
    error: type[Exception] | None
    begin: Callable[[], None]

    def run(self, exchanges: list[Exchange]) -> Any:
        """Run it on these answers, which must be to its questions; what is raised is given as well."""
        self.begin()
        left, call, answer = list(exchanges), self.call(), None
        while True:
            try:
                effect = call.send(answer)
            except StopIteration as stop:
                return stop.value
            except FlinkError as error:
                return error
            if isinstance(effect, Request) and not left:
                return ASKS_ON
            answer = reply(effect, left.pop(0)) if isinstance(effect, Request) else None


def reply(request: Request, exchange: Exchange) -> Answer:
    assert f"{request.method} {request.path}" == exchange["request"]
    assert dict(request.params) == exchange.get("params", {})
    assert (request.body or {}) == exchange.get("body", {})
    said = exchange["text"].encode() if "text" in exchange else json.dumps(exchange["json"]).encode()
    return Response(exchange["status"], said)


@cache
def recorded(version: str) -> dict[str, list[Exchange]]:
    return dict(json.loads((FOLDER / f"{version}.json").read_text()))


def tell(version: str, jar: Path, try_out: Callable[[Step], None] = lambda _: None) -> dict[str, Any]:
    """Tell the story to a version's answers, and return what each call gave; each step may be tried out besides."""
    results: dict[str, Any] = {}
    with client_story.known_ids() as begin:

        def ask(name: str, call: Callable[[], Call[T]], error: type[Exception] | None = None) -> T:
            step = Step(call, recorded(version)[name], error, lambda: begin(name))
            results[name] = step.run(step.exchanges)
            assert (type(results[name]) is error) if error else not isinstance(results[name], Exception)
            assert results[name] is not ASKS_ON
            try_out(step)
            return cast("T", results[name])

        client_story.of_the_usual_session(ask, jar, "/session")
        client_story.of_the_adaptive_session(ask, jar)
    assert list(results) == list(recorded(version))
    return results


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "any.jar", "w") as archive:
        archive.writestr("a", "b")
    return tmp_path / "any.jar"


@pytest.mark.parametrize("version", VERSIONS)
def test_every_answer_is_read(version: str, jar: Path) -> None:
    told = tell(version, jar)
    assert told["overview"].flink_version == told["features"].flink_version == version
    assert told["job"].name == "|a,b|c d|"
    assert told["wait_for_running"].tasks["running"] == 4
    assert told["job_configuration"].parameters == {"team": "data"}
    assert told["checkpoint_details"].tasks.keys() == {vertex.id for vertex in told["job"].vertices}
    assert told["checkpoints restored"].restored.path == told["stop_with_savepoint"]
    assert told["run_jar submits and throws"].running
    assert told["run_jar cannot restore"].job_state == "FAILED"
    assert told["run_jar throws"].job_state is None
    assert "record 6 is rotten" in str(told["wait_for failed"])
    assert told["checkpoint failed"].cause == "UnsupportedOperationException: its state cannot be written"
    assert {entry.upper for entry in told["requirements"].values()} == {1}


def keys(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give where the fields of a document are; of lists, in the first entry. What is called by an id is no field."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not re.fullmatch("[0-9a-f]{32}", key):
                yield (*path, key)
            yield from keys(item, (*path, key))
    elif isinstance(value, list) and value:
        yield from keys(value[0], (*path, 0))


def without(document: Any, path: tuple[Any, ...]) -> Any:
    changed = inner = copy.deepcopy(document)
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    return changed


@pytest.mark.parametrize("version", VERSIONS)
def test_a_call_names_what_is_missing_in_an_answer_or_does_without(version: str, jar: Path) -> None:
    named = set()

    def try_out(step: Step) -> None:
        for index, exchange in enumerate(step.exchanges):
            if step.error or exchange["status"] >= 300:
                continue
            for path in keys(exchange.get("json")):
                changed = {**exchange, "json": without(exchange["json"], path)}
                outcome = step.run([*step.exchanges[:index], changed, *step.exchanges[index + 1 :]])
                assert outcome is not ASKS_ON or path[-2:] in NOT_YET, path
                if isinstance(outcome, Exception):
                    assert type(outcome) is UnexpectedAnswerError, (path, outcome)
                    assert any(re.search(rf"\b{re.escape(str(part))}\b", str(outcome)) for part in path), outcome
                    named.add(path[-1])

    tell(version, jar, try_out)
    assert {"jobs", "jid", "files", "status", "location", "request-id", "checkpointId", "jobid", "filename"} <= named


MODELS = [
    item
    for module in (checkpoints, cluster, jars, jobs)
    for item in vars(module).values()
    if isinstance(item, type) and issubclass(item, Model) and item is not Model
]


Documents = dict[type[Model], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Documents]:
    """What was read into each model, by version."""
    found: dict[str, Documents] = {version: {model: [] for model in MODELS} for version in VERSIONS}
    jar = tmp_path_factory.mktemp("jar") / "any.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("a", "b")

    def spy(model: type[Model], kept: list[dict[str, Any]]) -> Any:
        read = Model.from_json.__func__  # type: ignore[attr-defined]

        def from_json(cls: type[Model], document: Any, where: str = "") -> Any:
            kept.append(document)
            return read(cls, document, where)

        return classmethod(from_json)

    for version in VERSIONS:
        with pytest.MonkeyPatch.context() as patch:
            for model in MODELS:
                patch.setattr(model, "from_json", spy(model, found[version][model]))
            tell(version, jar)
    return found


def names(model: type[Model]) -> dict[str, bool]:
    """The fields that a model reads, as Flink calls them, and whether it can do without."""
    return {
        str(item.metadata.get("name", item.name)): item.default is not MISSING or item.default_factory is not MISSING
        for item in fields(cast("Any", model))
    }


def place(document: dict[str, Any], name: str) -> tuple[str, ...]:
    return (name,) if name in document else tuple(name.split("."))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("model", MODELS)
def test_a_model_names_what_is_missing(model: type[Model], version: str, documents: dict[str, Documents]) -> None:
    read = documents[version][model]
    assert read, f"no answer has a {model.__name__}"
    seen = set()
    for document in read[:10]:
        whole = model.from_json(document)
        for name, optional in names(model).items():
            try:
                rest = without(document, place(document, name))
            except (KeyError, TypeError):
                continue
            seen.add(name)
            if optional:
                assert isinstance(model.from_json(rest), model)
            else:
                with pytest.raises(UnexpectedAnswerError, match=rf"{re.escape(name)} should be a value"):
                    model.from_json(rest)
        assert model.from_json(document) == whole
    assert {name for name, optional in names(model).items() if not optional} <= seen


def objects(model: type[Model], document: Any) -> Iterator[dict[str, Any]]:
    """The parts of a document that are objects with fields, not maps whose keys are data."""
    yield document
    hints = get_type_hints(model)
    for item in fields(cast("Any", model)):
        part, path = document, place(document, str(item.metadata.get("name", item.name)))
        for step in path[:-1]:
            part = part.get(step)
            if not isinstance(part, dict):
                break
            yield part
        else:
            inner = next((hint for hint in hints_of(hints[item.name]) if hint in MODELS), None)
            value = part.get(path[-1])
            if inner and value:
                several = value if isinstance(value, list) else value.values() if is_map(hints[item.name]) else [value]
                for entry in several:
                    yield from objects(inner, entry)


def hints_of(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from hints_of(part)


def is_map(hint: Any) -> bool:
    return any(getattr(part, "__origin__", None) is dict for part in hints_of(hint))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def read_with_more(documents: dict[str, Documents], data: st.DataObject) -> None:
    """Read what was said with unknown fields in any of its objects; they change nothing."""
    model = data.draw(st.sampled_from(MODELS))
    document = copy.deepcopy(data.draw(st.sampled_from(documents[data.draw(st.sampled_from(VERSIONS))][model])))
    whole = model.from_json(document)
    known = {part for item in MODELS for name in names(item) for part in (name, *name.split("."))}
    unknown = st.text().filter(lambda name: name not in known)
    for part in list(objects(model, document)):
        part.update(data.draw(st.dictionaries(unknown, anything, max_size=2)))
    assert model.from_json(document) == whole


@given(st.data())
def test_what_is_more_changes_nothing(documents: dict[str, Documents], data: st.DataObject) -> None:
    read_with_more(documents, data)
