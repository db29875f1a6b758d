"""Levels of loggers: in the files of both Log4j and Logback, without a restart, and what is wrong with them."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from flink_session.deployment import SessionCluster
from flink_session.deployment.session_cluster_options import Logging
from flink_session.kubernetes.extensions import CHECKSUM_ANNOTATION
from tests.unit.core.test_session import findings, plan

LEVELS = {"org.apache.flink.runtime": "debug", "org.apache.pekko": "ERROR", "root": "WARN", "com.acme.$Job_1": "OFF"}


def with_levels(levels: dict[str, str], **options: Any) -> SessionCluster:
    return plan(logging=Logging(levels=levels), **options)


def log4j(cluster: SessionCluster) -> dict[str, str]:
    """Levels by loggers, as Log4j reads them."""
    lines = (line.partition(" = ") for line in cluster.config_map["data"]["log4j-console.properties"].splitlines())
    values = {key: value for key, equals, value in lines if equals and not key.startswith("#")}
    names = {
        key.removesuffix(".name"): name
        for key, name in values.items()
        if key.startswith("logger.") and key[-5:] == ".name"
    }
    assert len(set(names.values())) == len(names)
    return {"root": values["rootLogger.level"], **{name: values[f"{key}.level"] for key, name in names.items()}}


def logback(cluster: SessionCluster) -> dict[str, str]:
    """Levels by loggers, as Logback reads them."""
    document = ElementTree.fromstring(cluster.config_map["data"]["logback-console.xml"])
    names = [logger.attrib["name"] for logger in document.iter("logger")]
    assert len(set(names)) == len(names)
    (root,) = document.iter("root")
    return {"root": root.attrib["level"]} | {
        item.attrib["name"]: item.attrib["level"] for item in document.iter("logger")
    }


def test_both_files_have_the_same_levels() -> None:
    for levels in ({}, LEVELS):
        cluster = with_levels(levels)
        of_log4j, of_logback = log4j(cluster), logback(cluster)
        assert of_log4j.pop("root").replace("env:", "") == of_logback.pop("root")
        assert of_log4j == of_logback


def test_levels_are_laid_over_the_default_ones() -> None:
    before, after = log4j(plan()), log4j(with_levels(LEVELS))
    assert before["root"] == "${env:ROOT_LOG_LEVEL:-INFO}"
    assert before["org.apache.pekko"] == "INFO"
    assert after == before | {name: level.upper() for name, level in LEVELS.items()}


def test_running_processes_read_the_files_again_and_are_not_restarted() -> None:
    before, after = plan(), with_levels(LEVELS)
    assert before.deployment == after.deployment
    assert before.config_map != after.config_map
    assert CHECKSUM_ANNOTATION in str(before.deployment)
    data = before.config_map["data"]
    assert "monitorInterval = 30" in data["log4j-console.properties"]
    assert 'scan="true" scanPeriod="30 seconds"' in data["logback-console.xml"]


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        (
            {"org.apache": "LOUD"},
            "logging.levels, org.apache is 'LOUD', but it must be TRACE, DEBUG, INFO, WARN,",
        ),
        ({"org apache": "INFO"}, "logging.levels, org apache must be the name of a class or a package, or root"),
        ({"a\nrootLogger.level": "INFO"}, "must be the name of a class or a package, or root"),
        ({"org..apache": "INFO"}, "must be the name of a class or a package, or root"),
        ({'x"/><y': "INFO"}, "must be the name of a class or a package, or root"),
    ],
)
def test_what_is_wrong_with_levels(levels: dict[str, str], message: str) -> None:
    (finding,) = findings(logging=Logging(levels=levels))
    assert message in finding


def test_levels_and_whole_files_exclude_each_other() -> None:
    (finding,) = findings(logging=Logging(levels=LEVELS), log_configuration={"log4j-console.properties": "x"})
    assert finding.startswith("logging.levels must not be given beside log_configuration: write the levels into these")
