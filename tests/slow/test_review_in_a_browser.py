"""The HTML form in a real browser: it reads well on a phone and a desk, in light and dark, and for everybody."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import sync_playwright

from flink_session.review.facts import Facts, Namespace, Prices, RunningJob
from flink_session.review.render.html import to_html
from flink_session.review.reviewing import review
from flink_session.review.sources.digest import read_digest
from tests.support.review.corpus import HA, PLAIN
from tests.support.review.hostile import TEXTS
from tests.support.review.previews import digest

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CHANGED: dict[str, Any] = {
    "task_manager": {"slots": 2, "memory": "4Gi", "max_slots": 8},
    "logging": {"levels": {"org.apache.flink.runtime": "DEBUG"}},
    "configuration": {"kubernetes.secrets": "absent:/mnt"},
}
JOBS = (RunningJob("1", "orders to warehouse", 95.0, 3 << 30), RunningJob("2", "sessions"))
FACTS = Facts({("default", "demo"): JOBS}, {"default": Namespace(secrets=frozenset())})
HOSTILE = Facts({("default", "demo"): tuple(RunningJob(str(i), text) for i, text in enumerate(TEXTS))})
CASES: dict[str, tuple[Any, Any, Facts]] = {
    "nothing": (PLAIN, PLAIN, FACTS),
    "created": (None, HA, FACTS),
    "lost": (PLAIN, {**PLAIN, **CHANGED}, FACTS),
    "recovered": (HA, {**HA, **CHANGED}, FACTS),
    "replaced": (HA, {**HA, "cluster_id": "other"}, FACTS),
    "deleted": (PLAIN, None, FACTS),
    "hostile": (PLAIN, {**PLAIN, **CHANGED}, HOSTILE),
}
SHOTS = Path(os.environ.get("FLINK_SESSION_TEST_SCREENSHOTS", ""))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        path = os.environ["FLINK_SESSION_TEST_BROWSER"]
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1200])
@pytest.mark.parametrize("name", CASES)
def test_a_review(name: str, width: int, scheme: Any, browser: Any, tmp_path: Path) -> None:
    before, after, facts = CASES[name]
    page_file = tmp_path / "review.html"
    page_file.write_text(to_html(review(read_digest(digest(before, after), "a test"), facts, Prices(0.01, 0.05))))
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert "owned" not in page.title()
    if SHOTS.name:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["html"][:200] for node in item["nodes"][:3]]) for item in found] == []
    context.close()
