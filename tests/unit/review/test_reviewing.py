"""What a review says of changes whose meaning is known."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from flink_session.review.facts import Facts, Namespace, Prices, RunningJob
from flink_session.review.model import Impact, Review
from flink_session.review.reviewing import review
from flink_session.review.sources.digest import read_digest
from tests.support.review.hostile import mutated
from tests.support.review.previews import digest

RECORDINGS = Path(__file__).resolve().parents[2] / "recordings"
HA = {"high-availability.type": "kubernetes", "high-availability.storageDir": "file:///ha"}
ARGS: dict[str, Any] = {"cluster_id": "demo", "namespace": "flink"}


def with_options(**options: Any) -> dict[str, Any]:
    return {**ARGS, "configuration": {key.replace("__", "."): value for key, value in options.items()}}


def of(before: Any, after: Any, **known: Any) -> Review:
    return review(read_digest(digest(before, after), "a test"), **known)


CASES: list[tuple[str, Any, Any, Impact]] = [
    ("nothing", ARGS, ARGS, Impact.NO_EFFECT),
    ("created", None, ARGS, Impact.SESSION_CREATED),
    ("deleted", ARGS, None, Impact.SESSION_DELETED),
    ("renamed", ARGS, {**ARGS, "cluster_id": "other"}, Impact.SESSION_REPLACED),
    ("moved", ARGS, {**ARGS, "namespace": "other"}, Impact.SESSION_REPLACED),
    ("slots", ARGS, {**ARGS, "task_manager": {"slots": 2}}, Impact.JOBS_LOST),
    (
        "slots, with HA",
        {**ARGS, "configuration": HA},
        {**ARGS, "configuration": HA, "task_manager": {"slots": 2}},
        Impact.JOBS_RECOVER,
    ),
    ("HA is switched on", ARGS, {**ARGS, "configuration": HA}, Impact.JOBS_LOST),
    ("exposed", ARGS, {**ARGS, "rest_service_exposed_type": "NodePort"}, Impact.JOBS_LOST),
    ("image", ARGS, {**ARGS, "image": "own/flink:2.2.1"}, Impact.JOBS_LOST),
    ("the least memory", ARGS, {**ARGS, "job_manager": {"memory": "1700Mi"}}, Impact.JOBS_LOST),
]


@pytest.mark.parametrize(("name", "before", "after", "impact"), CASES, ids=[case[0] for case in CASES])
def test_the_verdict(name: str, before: Any, after: Any, impact: Impact) -> None:
    found = of(before, after)
    assert found.verdict.impact is impact
    assert found.verdict.certain
    for session in found.sessions:
        assert (session.cluster_id, session.namespace) == ("demo", "flink")
        assert session.causes
        assert session.causes[0].impact is impact


def test_the_chain_begins_with_the_input() -> None:
    (session,) = of(ARGS, {**ARGS, "task_manager": {"slots": 2}}).sessions
    chain = session.causes[0].chain
    assert chain[0] == "task_manager.slots not set → 2"
    assert "config.yaml in ConfigMap flink-config-demo changes" in chain
    assert chain[-1].startswith("the JobManager restarts")


def test_options_with_what_follows() -> None:
    options = {item.key: item for item in of(with_options(), with_options(rest__port=9000)).sessions[0].options}
    own = options["rest.port"]
    assert (own.given, own.before, own.after, own.default, own.type) == (True, None, "9000", "8081", "int")
    assert own.effect == Impact.JOBS_LOST.words
    assert "2.2" in own.link


def test_a_sensitive_option_is_masked() -> None:
    text = json.dumps(recording("04-preview-change.digest.json")).replace(
        "taskmanager.numberOfTaskSlots", "s3.secret-key"
    )
    found = review(
        read_digest(json.loads(text.replace("key: 1", "key: hunter1").replace("key: 2", "key: hunter2")), "")
    )
    (option,) = found.sessions[0].options
    assert option.key == "s3.secret-key"
    assert "hunter" not in found.model_dump_json()


def test_sizes_and_their_price() -> None:
    (session,) = of(ARGS, {**ARGS, "task_manager": {"memory": "4Gi"}}, prices=Prices(0.5, 1.0)).sessions
    assert session.before is not None
    assert session.after is not None
    assert session.after.task_manager.memory == 4 << 30
    assert sum(part.size for part in session.after.task_manager.parts) == 4 << 30
    assert session.after.least.cost == round(1600 / 1024 * 0.5 + 1.0, 4)


def test_jobs_and_their_fate() -> None:
    running = {("flink", "demo"): (RunningJob("1", "etl", 90.0, 3 << 30), RunningJob("2", "new"))}
    after = {"task_manager": {"slots": 2}}
    lost = of(ARGS, {**ARGS, **after}, facts=Facts(running)).sessions[0].jobs
    ha = {**ARGS, "configuration": HA}
    recovered = of(ha, {**ha, **after}, facts=Facts(running)).sessions[0].jobs
    assert lost is not None
    assert recovered is not None
    assert [job.fate for job in lost] == ["lost", "lost"]
    assert recovered[0].words == "recovers from its checkpoint of 2 min ago, 3 GiB"
    assert "no checkpoint yet" in recovered[1].words
    assert of(ARGS, {**ARGS, **after}).sessions[0].jobs is None


@pytest.mark.parametrize(
    ("rule", "after", "namespace"),
    [
        ("quota", {"task_manager": {"slots": 2}}, Namespace(free={"q": {"requests.cpu": "-1"}})),
        ("limit-range", {"job_manager": {"memory": "9Gi"}}, Namespace(limits={"l": {"memory": "8Gi"}})),
        ("no-load-balancer", {"rest_service_exposed_type": "LoadBalancer"}, Namespace(has_load_balancers=False)),
        ("service-account-rights", {"service_account": "own"}, Namespace(missing_rights={"own": ("create pods",)})),
        (
            "absent-reference",
            {"configuration": {"kubernetes.secrets": "mine:/mnt"}},
            Namespace(secrets=frozenset({"other"})),
        ),
    ],
)
def test_what_up_would_show(rule: str, after: dict[str, Any], namespace: Namespace) -> None:
    asked = Facts(namespaces={"flink": namespace})
    assert rule in {item.rule for item in of(ARGS, {**ARGS, **after}, facts=asked).sessions[0].findings}
    assert rule not in {item.rule for item in of(ARGS, {**ARGS, "task_manager": {"slots": 3}}).sessions[0].findings}


def recording(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((RECORDINGS / name).read_text())
    return document


DIGESTS = sorted(path.name for path in RECORDINGS.glob("*.digest.json"))


def test_a_cascade_of_the_real_engine_is_explained() -> None:
    found = review(read_digest(recording("13-preview-cascade.digest.json"), "a recording"))
    assert found.verdict.impact is Impact.SESSION_REPLACED
    chain = " ".join(found.sessions[0].causes[0].chain)
    assert "its spec comes from ConfigMap trap-config, which is replaced" in chain
    assert 'data["config.yaml"] cannot be changed in place' in chain


def test_a_change_of_the_real_engine() -> None:
    found = review(read_digest(recording("04-preview-change.digest.json"), "a recording"))
    assert found.verdict.impact is Impact.JOBS_LOST
    assert [item.key for item in found.sessions[0].options] == ["taskmanager.numberOfTaskSlots"]
    assert "__main__.py" not in found.model_dump_json()


@pytest.mark.parametrize("name", DIGESTS)
def test_a_damaged_digest_is_reviewed_as_far_as_it_goes(name: str) -> None:
    chance, whole = random.Random(7), recording(name)
    for _ in range(60):
        damaged = copy.deepcopy(whole)
        for _ in range(chance.randrange(1, 4)):
            damaged = mutated(damaged, chance)
        if isinstance(damaged, dict):
            review(read_digest(damaged, "a damaged recording"))


def test_the_same_preview_gives_the_same_bytes() -> None:
    args = {**ARGS, "task_manager": {"slots": 2}}
    assert of(ARGS, args).model_dump_json() == of(ARGS, args).model_dump_json()
