"""Configurations as Hypothesis draws them: mostly such as people write, each option wrong now and then."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import yaml
from hypothesis import strategies as st

from flink_session.configuration.catalogue import OptionCatalogue
from tests.conformance.cases import Case
from tests.conformance.pod_templates import pod_templates
from tests.conformance.scenarios import CONFIG_YAML

Options = dict[str, str]

ODD_CHARACTERS = "äß漢😀\t\n\u00a0"
TEXTS = st.one_of(
    st.text("abcxyz019-._/", max_size=12),
    st.text(st.sampled_from(" :;,'\"{}[]#&*!|>%@`\\?-=~$<aB1.ny" + ODD_CHARACTERS), max_size=8),
    st.sampled_from(
        ("", " ", "true", "NO", "010", "1e3", "null", "~", "0x1f", "${A:-b}", "2020-01-01", ".inf", "a: b")
    ),
)
NAMES = st.builds("{}{}".format, st.sampled_from("abcxyz"), st.sampled_from(("", "1", "-b", "b-c", "2a", "bcd")))


def rarely(likely: st.SearchStrategy[str], unlikely: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw from the second strategy one time in sixteen."""
    return st.integers(0, 15).flatmap(lambda number: unlikely if number == 15 else likely)


def fixed(*values: str) -> st.SearchStrategy[str]:
    """Draw one of these."""
    return st.sampled_from(values)


_UNITS = ("", "b", "k", "kb", "m", "mb", " mebibytes", "g", " GB", "M", "t", "bytes")
SIZES = rarely(
    st.one_of(
        st.integers(100, 8000).map("{}m".format),
        st.integers(1, 20).map("{}g".format),
        st.integers(100_000_000, 9_000_000_000).map(str),
        st.builds("{}{}".format, st.integers(0, 4000), st.sampled_from(_UNITS)),
    ),
    st.one_of(fixed("1.5g", "2Gi", "-1m", "", "g", "1 2m", "99999999999t", "1_0m", "1e3m", "0x10", "\uff11m"), TEXTS),
)
DURATIONS = rarely(
    st.builds("{}{}".format, st.integers(0, 10_000), fixed("", "ms", "s", " min", "h", "d", " days", "ns", "µs", "m")),
    st.one_of(fixed("PT5S", "P1D", "-1s", "1.5s", "1 parsec", "", "s"), TEXTS),
)
BOOLEANS = rarely(fixed("true", "false", "TRUE", "False"), st.one_of(fixed("yes", "1", "", " true"), TEXTS))
INTEGERS = rarely(
    st.integers(-5, 70_000).map(str),
    st.one_of(fixed("+5", "-0", "2147483648", "-2147483649", "1.0", "", " 1", "1 ", "0x1", "٣"), TEXTS),
)
_ODD_NUMBERS = ("-0x.8P-2f", "0x1.p3", "0x1p9999", "1e39", "-1e39", "1e400", "1e-400", "0x1", "0x1p", "1e3D", "1ff")
NUMBERS = rarely(
    st.one_of(
        st.integers(0, 50).map(str),
        st.decimals(0, 99, places=2).map(str),
        st.floats(0, 1e9, allow_nan=False).map(repr),
    ),
    st.one_of(
        fixed(*_ODD_NUMBERS),
        fixed(
            "NaN",
            "Infinity",
            "-1",
            "1f",
            "1d",
            " 1.0 ",
            "1e-5",
            ".5",
            "5.",
            "0x1p3",
            "",
            "1,5",
            "-0",
            "-0x.8P-2f",
            "1e39",
            "1e400",
            "1e-400",
        ),
        TEXTS,
    ),
)
FRACTIONS = rarely(st.decimals(0, 1, places=3).map(str), NUMBERS)


def quoted(text: str) -> str:
    """Quote a part of a map or list in the syntax that Flink had before YAML, where it needs it."""
    if text and all(character.isalnum() or character in "-._/" for character in text):
        return text
    return "'" + text.replace("'", "''") + "'"


def legacy_map(items: Mapping[str, str]) -> str:
    """Write a map as ``k:v,k2:v2``."""
    return ",".join(f"{quoted(key)}:{quoted(value)}" for key, value in items.items())


_YAML_SPELLINGS: tuple[Callable[[Any], str], ...] = (
    lambda value: json.dumps(value, ensure_ascii=False),
    lambda value: str(yaml.safe_dump(value, default_flow_style=True, width=10_000)).strip(),
    lambda value: str(yaml.safe_dump(value, default_flow_style=False)),
)


def maps(keys: st.SearchStrategy[str] = NAMES, values: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[str]:
    """Draw a map of text in one of its spellings."""
    items = st.dictionaries(keys, values, max_size=3)
    return rarely(
        st.one_of(items.map(legacy_map), *(items.map(spelling) for spelling in _YAML_SPELLINGS)),
        st.one_of(fixed("a", "a:b:c", "a:b,a:c", "'a", "a:b,", ",", "{}", "[]", "null", "{a: }", "{a: [b]}"), TEXTS),
    )


def lists_of_maps(items: st.SearchStrategy[dict[str, str]]) -> st.SearchStrategy[str]:
    """Draw a list of maps in one of its spellings."""
    several = st.lists(items, max_size=3)
    return rarely(
        st.one_of(
            several.map(lambda maps: ";".join(legacy_map(item) for item in maps)),
            *(several.map(spelling) for spelling in _YAML_SPELLINGS),
        ),
        st.one_of(fixed("a", "[a]", "[[a]]", "[{a: {b: c}}]", "{a: b}", "a:b;", ";", "[{a: }]"), TEXTS),
    )


def lists(items: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[str]:
    """Draw a list of text in one of its spellings."""
    several = st.lists(items, max_size=4)
    spellings = (several.map(spelling) for spelling in _YAML_SPELLINGS)
    return rarely(
        st.one_of(several.map(lambda texts: ";".join(map(quoted, texts))), *spellings),
        st.one_of(fixed("a;;b", ";", "'a", "'a'b", "[a, [b]]", "[null]", "[{a: b}]"), TEXTS),
    )


_TOLERATIONS = lists_of_maps(
    st.fixed_dictionaries(
        {},
        optional={
            "KEY": NAMES,
            "operator": fixed("Equal", "Exists"),
            "value": TEXTS,
            "effect": fixed("NoSchedule", "NoExecute"),
            "tolerationSeconds": rarely(st.integers(0, 10_000).map(str), TEXTS),
            "other": TEXTS,
        },
    )
)
_OWNERS = lists_of_maps(
    st.fixed_dictionaries(
        {},
        optional={
            "apiVersion": fixed("v1", "apps/v1"),
            "kind": fixed("Pod", "Deployment"),
            "name": NAMES,
            "uid": NAMES,
            "controller": fixed("true", "false", "x"),
            "blockownerdeletion": fixed("true", "FALSE"),
            "other": TEXTS,
        },
    )
)
_REFERENCES = lists_of_maps(
    st.fixed_dictionaries({}, optional={"env": NAMES, "secret": NAMES, "key": TEXTS, "Env": NAMES})
)
_PORTS = rarely(st.integers(0, 65535).map(str), st.one_of(fixed("8081-8090", "-1", "70000", "0,1", "+8081"), TEXTS))
_PATHS = st.one_of(fixed("/opt/a", "/opt/b", "/c"), TEXTS)

_GROUPS: tuple[dict[str, st.SearchStrategy[str]], ...] = (
    {
        "kubernetes.cluster-id": rarely(NAMES, st.one_of(fixed("a" * 45, "a" * 46, " ", "A"), TEXTS)),
        "kubernetes.namespace": rarely(NAMES, TEXTS),
    },
    {
        "kubernetes.container.image.ref": rarely(fixed("flink:1", "r.example:5/a/flink@sha256:ab"), TEXTS),
        "kubernetes.container.image": fixed("flink:2"),
        "kubernetes.container.image.pull-policy": rarely(fixed("Always", "never", "IFNOTPRESENT"), TEXTS),
        "kubernetes.container.image.pull-secrets": lists(),
    },
    {
        "kubernetes.jobmanager.cpu.amount": NUMBERS,
        "kubernetes.jobmanager.cpu": NUMBERS,
        "kubernetes.jobmanager.cpu.limit-factor": rarely(st.decimals(1, 5, places=2).map(str), NUMBERS),
        "kubernetes.jobmanager.memory.limit-factor": rarely(st.decimals(1, 5, places=2).map(str), NUMBERS),
    },
    {
        "jobmanager.memory.process.size": SIZES,
        "jobmanager.memory.flink.size": SIZES,
        "jobmanager.memory.jvm-metaspace.size": SIZES,
        "taskmanager.memory.process.size": SIZES,
        "taskmanager.memory.managed.fraction": FRACTIONS,
        "taskmanager.numberOfTaskSlots": INTEGERS,
        "taskmanager.cpu.cores": NUMBERS,
        "kubernetes.taskmanager.cpu.amount": NUMBERS,
    },
    {
        "kubernetes.jobmanager.labels": maps(),
        "kubernetes.jobmanager.annotations": maps(TEXTS),
        "kubernetes.jobmanager.node-selector": maps(),
        "kubernetes.jobmanager.labels.team": TEXTS,
        "kubernetes.jobmanager.annotations.a.b": TEXTS,
        "kubernetes.taskmanager.labels": maps(),
    },
    {"kubernetes.jobmanager.tolerations": _TOLERATIONS, "kubernetes.jobmanager.owner.reference": _OWNERS},
    {
        "kubernetes.rest-service.exposed.type": rarely(
            fixed("ClusterIP", "nodeport", "LOADBALANCER", "Headless_ClusterIP"), TEXTS
        ),
        "kubernetes.rest-service.exposed.node-port-address-type": rarely(fixed("InternalIP", "externalip"), TEXTS),
        "kubernetes.rest-service.annotations": maps(),
        "kubernetes.rest-service.labels": maps(),
        "kubernetes.internal-service.annotations": maps(),
        "kubernetes.internal-service.labels": maps(),
    },
    {
        "rest.port": rarely(st.integers(0, 65535).map(str), INTEGERS),
        "rest.bind-port": _PORTS,
        "web.port": rarely(st.integers(0, 65535).map(str), INTEGERS),
        "jobmanager.web.port": _PORTS,
        "blob.server.port": _PORTS,
        "taskmanager.rpc.port": _PORTS,
        "jobmanager.rpc.port": INTEGERS,
        "kubernetes.hostnetwork.enabled": BOOLEANS,
    },
    {
        "containerized.master.env.A": TEXTS,
        "containerized.master.env.B": TEXTS,
        "containerized.taskmanager.env.A": TEXTS,
        "kubernetes.secrets": maps(NAMES, _PATHS),
        "kubernetes.env.secretKeyRef": _REFERENCES,
        "kubernetes.persistent-volume-claims": maps(NAMES, _PATHS),
        "kubernetes.persistent-volume-claim-read-only": BOOLEANS,
    },
    {
        "kubernetes.service-account": rarely(NAMES, TEXTS),
        "kubernetes.jobmanager.service-account": rarely(NAMES, TEXTS),
        "kubernetes.taskmanager.service-account": NAMES,
        "kubernetes.entry.path": _PATHS,
        "kubernetes.flink.conf.dir": _PATHS,
        "kubernetes.flink.log.dir": _PATHS,
        "user.artifacts.base-dir": _PATHS,
        "kubernetes.jobmanager.entrypoint.args": TEXTS,
    },
    {
        "high-availability.type": rarely(fixed("kubernetes", "ZOOKEEPER", "NONE", "standalone", "a.Factory"), TEXTS),
        "high-availability": fixed("kubernetes", "none"),
        "recovery.mode": fixed("zookeeper", "none"),
        "high-availability.cluster-id": TEXTS,
        "high-availability.storageDir": _PATHS,
        "high-availability.jobmanager.port": _PORTS,
        "kubernetes.jobmanager.replicas": INTEGERS,
        "jobmanager.rpc.address": TEXTS,
    },
    {
        "kubernetes.client.io-pool.size": INTEGERS,
        "kubernetes.transactional-operation.max-retries": INTEGERS,
        "kubernetes.transactional-operation.initial-retry-delay": DURATIONS,
        "kubernetes.transactional-operation.max-retry-delay": DURATIONS,
        "security.kerberos.relogin.period": DURATIONS,
        "rest.bind-address": TEXTS,
        "web.address": TEXTS,
        "jobmanager.bind-host": TEXTS,
        "taskmanager.host": TEXTS,
        "kubernetes.context": NAMES,
        "execution.target": TEXTS,
        "security.ssl.rest.enabled": BOOLEANS,
    },
    {
        "kubernetes.hadoop.conf.config-map.name": rarely(NAMES, TEXTS),
        "kubernetes.decorator.hadoop-conf-mount.enabled": BOOLEANS,
        "kubernetes.decorator.kerberos-mount.enabled": BOOLEANS,
        "security.kerberos.login.keytab": rarely(fixed("/inputs/my.keytab"), fixed("/inputs/none", "")),
        "security.keytab": fixed("/inputs/my.keytab"),
        "security.kerberos.login.principal": rarely(NAMES, TEXTS),
        "security.principal": NAMES,
        "security.kerberos.krb5-conf.path": rarely(fixed("/inputs/krb5.conf"), fixed("/inputs/none")),
    },
    {
        "kubernetes.pod-template-file.default": fixed("/inputs/first.yaml", "/inputs/second.yaml"),
        "kubernetes.pod-template-file": fixed("/inputs/first.yaml"),
        "kubernetes.pod-template-file.jobmanager": rarely(fixed("/inputs/second.yaml"), fixed("/inputs/none")),
        "kubernetes.pod-template-file.taskmanager": rarely(fixed("/inputs/first.yaml"), fixed("/inputs/none")),
    },
)
"""Options that the deployment depends on, those together that have to do with each other."""

_BY_TYPE: dict[str, st.SearchStrategy[str]] = {
    "string": TEXTS,
    "boolean": BOOLEANS,
    "int": INTEGERS,
    "long": INTEGERS,
    "float": NUMBERS,
    "double": NUMBERS,
    "memory": SIZES,
    "duration": DURATIONS,
    "map": maps(),
    "list<string>": lists(),
    "list<map>": lists_of_maps(st.dictionaries(NAMES, TEXTS, max_size=3)),
}


def values_of(type_name: str) -> st.SearchStrategy[str]:
    """Draw the text of a value of a catalogued type."""
    if type_name.startswith("enum "):
        return rarely(st.sampled_from(type_name.split(" ")[1:]), TEXTS)
    return _BY_TYPE.get(type_name, lists())


_LOG_FILES = ("log4j-console.properties", "logback-console.xml", "log4j.properties", "log4j-cli.properties", "masters")
_HADOOP_FILES = ("core-site.xml", "hdfs-site.xml", "yarn-site.xml")


@st.composite
def cases(draw: st.DrawFn, catalogue: OptionCatalogue) -> Case:
    """Draw a whole call of ``kubernetes-session.sh``."""
    options: Options = {"kubernetes.cluster-id": "my-session"}
    for group in draw(st.lists(st.sampled_from(_GROUPS), min_size=1, max_size=4, unique_by=id)):
        keys = draw(st.lists(st.sampled_from(sorted(group)), min_size=1, max_size=4, unique=True))
        options |= {key: draw(group[key]) for key in keys}
    for key in draw(st.lists(st.sampled_from(_known_keys(catalogue)), max_size=2, unique=True)):
        options.setdefault(key, draw(values_of(catalogue.entries[key].type)))
    options |= {f"user.{name}": text for name, text in draw(st.dictionaries(NAMES, TEXTS, max_size=3)).items()}
    in_file = draw(st.sets(st.sampled_from(sorted(options)), max_size=3))
    files = {f"/inputs/{name}.yaml": draw(pod_templates()) for name in ("first", "second")}
    files |= {"/inputs/my.keytab": "keytab", "/inputs/krb5.conf": "[libdefaults]\n"}
    environment = {}
    if draw(st.integers(0, 9)) == 9:
        environment = {"HADOOP_CONF_DIR": "/inputs/hadoop"}
        files |= {f"/inputs/hadoop/{name}": "<x/>" for name in draw(st.sets(st.sampled_from(_HADOOP_FILES)))}
    conf_dir = {name: draw(TEXTS) for name in draw(st.sets(st.sampled_from(_LOG_FILES)))}
    in_files = {key: options[key] for key in sorted(in_file)}
    conf_dir["config.yaml"] = _config_yaml(in_files, draw)
    if catalogue.series == "1.20" and draw(st.integers(0, 3)) == 3:
        lines = {**_FLAT_CONFIGURATION, **in_files}
        conf_dir["flink-conf.yaml"] = "".join(f"{key}: {text}\n" for key, text in lines.items())
    dynamic = {key: text for key, text in options.items() if key not in in_file}
    used = {
        path: text for path, text in files.items() if path in options.values() or path.startswith("/inputs/hadoop/")
    }
    return Case(dynamic, conf_dir, used, environment)


def _config_yaml(options: Options, draw: st.DrawFn) -> str:
    """Write the distribution's file with some options more, as text or as the YAML value that the text looks like."""
    if draw(st.integers(0, 15)) == 15:
        base = ""
    elif _FLAT_CONFIGURATION.keys() & options.keys():
        base = "".join(f"{key}: {value}\n" for key, value in _FLAT_CONFIGURATION.items() if key not in options)
    else:
        base = CONFIG_YAML
    lines = []
    for key, text in options.items():
        plain = text.isalnum() and text.isascii() and draw(st.booleans())
        lines.append(f"{json.dumps(key)}: {text if plain else json.dumps(text, ensure_ascii=False)}\n")
    return base + "".join(lines)


@cache
def _known_keys(catalogue: OptionCatalogue) -> list[str]:
    # A kubeconfig that is named is opened: that is about the connection, and not about what is created.
    known = (key for key in catalogue.entries if key != "kubernetes.config.file")
    return sorted(key for key in known if "<" not in key and key[0] not in "$_")


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return flat


_FLAT_CONFIGURATION = _flat(yaml.safe_load(CONFIG_YAML))
