"""Jobs run once however many answers are lost on the way, and whoever submits them is told the right id."""

from __future__ import annotations

import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from flink_session.client import AlreadySubmittedError, ClusterClient
from tests.conformance.client.test_calls import BOUNDED
from tests.support.local_flink import LocalFlink
from tests.support.misbehaving import NO_FAULT, Asked, Fault, MisbehavingServer

pytestmark = pytest.mark.conformance

THREADS, JOBS = 8, 25
LOST_ANSWERS, LOST_REQUESTS = 0.3, 0.05


class Losing:
    """Loses answers of what was carried out, and a few requests before that."""

    def __init__(self) -> None:
        self._random = random.Random(15)
        self.runs, self.lost_runs = 0, 0

    def __call__(self, asked: Asked) -> Fault:
        drawn = self._random.random()
        is_run = asked.method == "POST" and asked.target.endswith("/run")
        self.runs += is_run
        if drawn > LOST_ANSWERS + LOST_REQUESTS:
            return NO_FAULT
        self.lost_runs += is_run
        return Fault(lose=True, after=None if drawn > LOST_ANSWERS else lambda: None)


def started(flink: LocalFlink) -> int:
    return flink.log("jobmanager").count("Starting program")


def jobs(flink: LocalFlink) -> list[str]:
    with ClusterClient(flink.url) as client:
        return [job.id for job in client.list_jobs()]


def test_many_submissions_of_which_answers_are_lost(flink_session: LocalFlink, jar: Path) -> None:
    ids, losing = [uuid.uuid4().hex for _ in range(JOBS)], Losing()
    before, begun = jobs(flink_session), started(flink_session)

    def submit(client: ClusterClient, job_id: str) -> tuple[str, bool]:
        try:
            return client.submit(jar, BOUNDED, job_id=job_id), True
        except AlreadySubmittedError as error:
            return error.job_id, False

    upstream = lambda: httpx2.AsyncClient(base_url=flink_session.url, trust_env=False)  # noqa: E731
    with (
        MisbehavingServer(upstream, losing).running() as proxy,
        ClusterClient(proxy.url, timeout=120) as client,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        # One thread after the other takes the next of these: each id comes from all of them, some at the same time.
        wanted = [job_id for job_id in ids for _ in range(THREADS)]
        told = list(pool.map(lambda job_id: submit(client, job_id), wanted))
    assert [job_id for job_id, _ in told] == wanted
    # Whoever lost an answer takes the job for his own, so one at least has submitted each.
    assert {job_id for job_id, own in told if own} == set(ids)
    assert sorted(jobs(flink_session)) == sorted(before + ids)
    assert losing.lost_runs > 30
    # An answer that was lost costs one look, and not a second run of `main()` unless the job was not there yet.
    assert THREADS * JOBS <= losing.runs <= THREADS * JOBS + losing.lost_runs
    assert started(flink_session) - begun <= losing.runs
