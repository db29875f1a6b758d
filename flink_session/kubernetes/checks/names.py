"""Names that become names of objects, or refer to objects: cluster, namespace, accounts, ConfigMaps, the image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding
from flink_session.configuration.java_text import is_blank
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes.checks.api_rules import DNS_LABEL, DNS_SUBDOMAIN, QUALIFIED_NAME_RULE, is_qualified_name
from flink_session.kubernetes.checks.reading import explicit, readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_CLUSTER_ID = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")

_HOST = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?/"
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?P<repository>(?:{_HOST})?{_PART}(?:/{_PART})*)(?::(?P<tag>\w[\w.-]{{0,127}}))?"
    r"(?:@[A-Za-z][A-Za-z0-9+._-]*:[0-9A-Fa-f]{32,})?",
    re.ASCII,
)
_OFFICIAL_REPOSITORIES = re.compile(r"(?:docker\.io/|index\.docker\.io/)?(?:library/|apache/)?flink")
_VERSION_TAG = re.compile(r"([0-9]+\.[0-9]+)(?:\.[0-9]+)?(?:-.*)?")

_ACCOUNTS = (
    Options.SERVICE_ACCOUNT,
    Options.JOB_MANAGER_SERVICE_ACCOUNT,
    Options.TASK_MANAGER_SERVICE_ACCOUNT,
)


def check_names(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find names that no object can have."""
    configuration = parameters.configuration
    yield from _cluster(configuration)
    for account in _ACCOUNTS:
        yield from _reference(configuration, account, "name an existing ServiceAccount")
        if configuration.values.get(account.key) == account.default:
            rule = "is the account of everybody in the namespace, and normally may not start TaskManagers"
            yield Finding(account.key, account.default, rule, "name an account with rights of its own", "warning")
    yield from _reference(configuration, Options.HADOOP_CONF_CONFIG_MAP, "name an existing ConfigMap")
    for name in readable(configuration, Options.CONTAINER_IMAGE_PULL_SECRETS) or ():
        if name.strip() and DNS_SUBDOMAIN.broken_by(name.strip()):
            key = f"{Options.CONTAINER_IMAGE_PULL_SECRETS.key}, {name}"
            yield Finding(key, None, DNS_SUBDOMAIN.rule, "name an existing Secret")
    label = explicit(configuration, Options.KUBERNETES_NODE_NAME_LABEL)
    if label and not is_qualified_name(label[1]):
        fix = "name the label that holds the names of nodes"
        yield configuration.finding(Options.KUBERNETES_NODE_NAME_LABEL, QUALIFIED_NAME_RULE, fix)
    yield from _image(parameters)
    yield from _entry_path(configuration)


def image_tag(image: str) -> str | None:
    """Return the tag of an image; ``None`` where it has none, or is no name of an image."""
    match = _IMAGE.fullmatch(image)
    return match and match["tag"]


def is_official_image(image: str) -> bool:
    """Tell whether an image is one of the Flink project's own."""
    match = _IMAGE.fullmatch(image)
    return match is not None and _OFFICIAL_REPOSITORIES.fullmatch(match["repository"]) is not None


def _cluster(configuration: Configuration) -> Iterator[Finding]:
    cluster_id = str(configuration.values.get(Options.CLUSTER_ID.key, ""))
    if cluster_id.strip() and not _CLUSTER_ID.fullmatch(cluster_id):
        rule = "must consist of lower-case letters, digits and '-', start with a letter and not end with '-'"
        yield configuration.finding(Options.CLUSTER_ID, rule, "choose such a name, for example my-session")
    namespace = str(configuration.values.get(Options.NAMESPACE.key, "default"))
    if DNS_LABEL.broken_by(namespace):
        yield configuration.finding(Options.NAMESPACE, DNS_LABEL.rule, "name an existing namespace")


def _reference(
    configuration: Configuration, option: ConfigOption[str] | ConfigOption[str | None], fix: str
) -> Iterator[Finding]:
    name = configuration.values.get(option.key)
    cluster_id = str(configuration.values.get(Options.CLUSTER_ID.key))
    # An account that is made for the cluster has its name, and would say the same of it again.
    if name is not None and DNS_SUBDOMAIN.broken_by(str(name).strip()) and not str(name).endswith(cluster_id):
        yield Finding(option.key, name, DNS_SUBDOMAIN.rule, fix)


def _image(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    image = explicit(parameters.configuration, Options.CONTAINER_IMAGE)
    if image is None or is_blank(image[1]):
        return
    key, name = image
    match = _IMAGE.fullmatch(name)
    if match is None:
        yield Finding(
            key, name, "must be the name of an image", "write it as registry/name:tag, the name in lower case"
        )
        return
    tag = _VERSION_TAG.fullmatch(match["tag"] or "")
    series = parameters.flink_version.series
    if tag and tag[1] != series and match["repository"].rpartition("/")[2] == "flink":
        rule = f"is Flink {tag[1]} by its tag, and everything else is made for Flink {series}"
        fix = "make the image and the version agree"
        yield Finding(key, name, rule, fix, "error" if is_official_image(name) else "warning")


def _entry_path(configuration: Configuration) -> Iterator[Finding]:
    path = explicit(configuration, Options.KUBERNETES_ENTRY_PATH)
    if path and is_blank(path[1]):
        fix = f"remove it to get {Options.KUBERNETES_ENTRY_PATH.default}"
        yield configuration.finding(Options.KUBERNETES_ENTRY_PATH, "must name the image's entry point", fix)
