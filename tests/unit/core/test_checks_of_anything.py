"""Checks look at configurations that nobody has checked yet: none of these may make one fail."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from flink_session.configuration import FlinkVersion, IllegalConfigurationError
from flink_session.configuration.catalogue import CATALOGUE_SERIES
from flink_session.configuration.files.configuration_file import load_configuration
from flink_session.kubernetes import KubernetesJobManagerParameters
from flink_session.kubernetes.checks import find_faulty_options, find_hazards
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.memory import ClusterSpecification
from tests.conformance.named_keys import catalogue_of
from tests.conformance.strategies import cases


def check(series: str, data: st.DataObject) -> None:
    """Look at a configuration that is drawn; tests/slow does it much more often."""
    version = FlinkVersion.parse(series)
    case = data.draw(cases(catalogue_of(str(version))))
    try:
        configuration = load_configuration(case.conf_dir, version).with_values(case.dynamic_properties)
    except IllegalConfigurationError:
        return
    files = ClientFiles(case.conf_dir, {path: text.encode() for path, text in case.files.items()})
    parameters = KubernetesJobManagerParameters(configuration, version, files, ClusterSpecification(1600, 1728, 1))
    found = [*find_hazards(parameters), *find_faulty_options(configuration, parameters)]
    assert all(str(finding) and finding.fix for finding in found)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(series=st.sampled_from(CATALOGUE_SERIES), data=st.data())
def test_no_configuration_makes_a_check_fail(series: str, data: st.DataObject) -> None:
    check(series, data)
