"""Values that are names, reporters, folders: what we object to Flink does not find, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jpype  # type: ignore[import-untyped]
import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st

from flink_session.configuration import Configuration, Finding, FlinkVersion
from flink_session.configuration.catalogue import (
    CATALOGUE_SERIES,
    UnknownNameError,
    jar_catalogue,
    named_option,
    option_catalogue,
)
from flink_session.configuration.options import string_list
from flink_session.kubernetes import KubernetesJobManagerParameters
from flink_session.kubernetes.checks.implementations import (
    check_external_resources,
    check_file_systems,
    check_reporters,
)
from flink_session.memory import ClusterSpecification
from tests.conformance.jvm import Flink
from tests.conformance.loaders import Loaders

pytestmark = pytest.mark.conformance

_USERS_OWN = ("com.example.Factory", "x", "Mine", "com.example.Outer$Inner")
_FLINKS = (
    "org.apache.flink.NoSuchClass",
    "org.apache.flink.runtime.state.hashmap.HashMapStateBackend",
    "java.lang.String",
)
_WITH_A_LIBRARY = (("security.ssl.provider", "openssl"),)
"""What only an image can tell, and the JVM of this test has not."""


@pytest.fixture(scope="module")
def loaders(flink: Flink) -> Loaders:
    return Loaders(flink)


def series_of(flink: Flink) -> str:
    return flink.version.rpartition(".")[0]


def names_of(key: str) -> list[str]:
    """Return every word and class that any series knows for an option, and some that none does."""
    options = filter(None, (named_option(key, series) for series in CATALOGUE_SERIES))
    known = {name for option in options for name in (*option.words, *option.classes)}
    return [*sorted(known), *_USERS_OWN, *_FLINKS]


def variants(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        (
            name,
            name.upper(),
            name.title(),
            name.replace("-", "_"),
            name.replace("-", ""),
            f" {name}",
            name[:-1],
            f"{name}2",
        )
    )


def is_loaded(loaders: Loaders, key: str, name: str) -> bool:
    try:
        loaders.by_key[key](name)
    except jpype.JException as error:
        # A factory that wants more configuration has been found.
        return "does not specify" in str(error)
    return True


@given(data=st.data())
def test_objects_to_the_names_that_flink_does_not_find(flink: Flink, loaders: Loaders, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(loaders.by_key)))
    name = data.draw(st.sampled_from(names_of(key)).flatmap(variants))
    option = named_option(key, series_of(flink))
    assert option is not None
    loaded = is_loaded(loaders, key, name)
    try:
        option.check(name)
        objected = False
    except UnknownNameError as error:
        note(f"we: {error}: {error.fix}")
        objected = True
    event("found" if loaded else "not found")
    if loaded:
        assert not objected
    elif not objected and key != "state.changelog.storage":
        # What a plugin may bring; an image; the user.
        assert (key, name.lower()) in _WITH_A_LIBRARY or option.interface is not None
        assert not name.startswith(("org.apache.flink.", "java."))


@pytest.mark.parametrize("key", ["state.backend.type", "high-availability.type", "restart-strategy.type"])
def test_what_we_advise_is_found(flink: Flink, loaders: Loaders, key: str) -> None:
    option = named_option(key, series_of(flink))
    assert option is not None
    advised = set()
    for name in names_of(key):
        for variant in (name, f"{name}2", name.upper(), f" {name}", f"{name}Factory", name.removesuffix("Factory")):
            try:
                option.check(variant)
            except UnknownNameError as error:
                advised.add(error.fix)
    for fix in advised - {"correct it", *(f"write {name}" for name in _USERS_OWN)}:
        assert is_loaded(loaders, key, fix.removeprefix("write "))


def parameters(values: dict[str, str], version: str) -> KubernetesJobManagerParameters:
    configuration = Configuration({"kubernetes.cluster-id": "demo", **values})
    return KubernetesJobManagerParameters(
        configuration, FlinkVersion.parse(version), cluster_specification=ClusterSpecification(1600, 1728, 1)
    )


_SLF4J = "org.apache.flink.metrics.slf4j.Slf4jReporterFactory"
_REPORTERS = ("a", "b", "a.b", "A")
_PARTS = {
    "factory.class": (_SLF4J, _SLF4J, _SLF4J.removesuffix("Factory"), f" {_SLF4J}", "org.apache.flink.metrics.No"),
    "class": (_SLF4J.removesuffix("Factory"),),
    "factory": (_SLF4J,),
    "interval": ("10 s",),
}
_REPORTER_PARTS = st.dictionaries(
    st.sampled_from(_REPORTERS),
    st.fixed_dictionaries({}, optional={part: st.sampled_from(values) for part, values in _PARTS.items()}),
    max_size=3,
)
_LISTS = st.one_of(
    st.none(), st.sampled_from(("", "a", "a,b", "a, b", " a", "a;b", "[a, b]", "b,a", "A", "c", "a b", "a,c"))
)


@given(reporters=_REPORTER_PARTS, listed=_LISTS)
def test_says_which_reporters_are_not_set_up(
    flink: Flink, loaders: Loaders, reporters: dict[str, dict[str, str]], listed: str | None
) -> None:
    values = {f"metrics.reporter.{name}.{part}": v for name, parts in reporters.items() for part, v in parts.items()}
    if listed is not None:
        values["metrics.reporters"] = listed
    set_up = loaders.reporters("metrics", values)
    found = list(_of_reporters(values, flink.version))
    note(f"Flink: {set_up}; we: {[str(finding) for finding in found]}")
    meant = {key.split(".")[2] for key in values if key.startswith("metrics.reporter.")}
    meant |= {name.strip() for name in (listed or "").split(",") if name.strip()}
    event("all are set up" if meant == set(set_up) else "some are not")
    assert bool(found) == (meant != set(set_up))
    for finding in found:
        if finding.key.startswith("metrics.reporter."):
            assert finding.key.split(".")[2] not in set_up or finding.key.endswith(".b.factory.class")


def _of_reporters(values: dict[str, str], version: str) -> Iterator[Finding]:
    yield from check_reporters(parameters(values, version))
    yield from option_catalogue(version.rpartition(".")[0]).check_all(values)


_AMOUNTS = st.dictionaries(st.sampled_from(("gpu", "fpga", "a.b")), st.sampled_from(("1", "2", "0", "-1")), max_size=2)
_RESOURCES = st.sampled_from(("gpu", "gpu;fpga", "[gpu, fpga]", "gpu,fpga", "GPU", "none", " gpu", "a.b", ""))


@given(amounts=_AMOUNTS, listed=_RESOURCES)
def test_says_which_external_resources_are_ignored(
    flink: Flink, loaders: Loaders, amounts: dict[str, str], listed: str
) -> None:
    values = {"external-resources": listed, **{f"external-resource.{name}.amount": v for name, v in amounts.items()}}
    taken = loaders.external_resources(values)
    found = list(check_external_resources(parameters(values, flink.version)))
    note(f"Flink: {taken}; we: {[str(finding) for finding in found]}")
    meant = set(amounts) | set(string_list(listed))
    assert bool(found) == (listed != "none" and meant != set(taken))


_FOLDERS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ("", "file:", "file://", "file:///", "s3://", "s3://bucket", "hdfs://", "hdfs:", "S3://b", " s3://b")
    ),
    st.sampled_from(("", "/", "/a", "a", "/a/b", "//", "/a b")),
    st.sampled_from(("", "/", "/c")),
)


@given(folder=_FOLDERS, key=st.sampled_from(("execution.checkpointing.dir", "execution.checkpointing.savepoint-dir")))
def test_objects_to_the_folders_that_no_job_starts_with(flink: Flink, loaders: Loaders, folder: str, key: str) -> None:
    values = {"execution.checkpointing.dir": "file:///checkpoints", key: folder}
    found = check_file_systems(parameters({key: folder, "kubernetes.container.image.ref": "mine"}, flink.version))
    objected = [str(finding) for finding in found if "else no job starts" in str(finding)]
    note(f"we: {objected}")
    try:
        loaders.checkpoint_storage(values)
        refused = False
    except jpype.JException as error:
        note(f"Flink: {error}")
        refused = True
    assert refused == bool(objected) or not folder.strip()


@pytest.mark.parametrize(
    "uri", ["hdfs:///a", "viewfs://a", "webhdfs://a", "cosn://a", "maprfs:///a", "S3://a", "FILE:///a"]
)
def test_without_hadoop_and_plugins_flink_has_the_disk_only(flink: Flink, loaders: Loaders, uri: str) -> None:
    known = jar_catalogue(series_of(flink)).file_systems
    for unknown in (uri, *(f"{scheme}://a" for scheme in known)):
        with pytest.raises(jpype.JException, match="Could not find a file system implementation"):
            loaders.file_system(unknown)
    assert loaders.file_system("file:///a") is not None
    assert loaders.file_system("/a") is not None


def test_the_jars_of_lib_and_plugins_are_those_of_the_distribution(flink: Flink) -> None:
    jars = jar_catalogue(series_of(flink))
    for folder in ("lib", "plugins"):
        there: set[Any] = {jar.name for jar in (flink.home / folder).rglob("*.jar")}
        assert jars.names(folder, flink.version) == there
