"""The review for programs. Its schema is docs/review.schema.json."""

from __future__ import annotations

import json
from typing import Any

from ..model import Review


def to_json(review: Review) -> str:
    """Write a review as JSON."""
    return json.dumps(review.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """Give the JSON Schema of reviews."""
    found = Review.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "flink-session review"}
