"""Variables that Flink's scripts or the image's entrypoint read, and what Kubernetes makes of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flink_session.configuration.distribution import distribution_configuration
from flink_session.configuration.findings import Finding, is_sensitive
from flink_session.kubernetes.checks.secrets import mentions_secret
from flink_session.kubernetes.checks.start_scripts.java_options import main_class
from flink_session.kubernetes.checks.start_scripts.literal_references import REFERENCE
from flink_session.kubernetes.checks.start_scripts.roles import RoleInPod, is_of_a_service
from flink_session.kubernetes.checks.start_scripts.wording import Line
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.start_scripts.intent import meant_words
from flink_session.kubernetes.start_scripts.java_options import JOB_MANAGER, VARIABLE_OF_BOTH_ROLES, Source
from flink_session.kubernetes.start_scripts.kubernetes_references import expand_references, references
from flink_session.kubernetes.start_scripts.shell import ShellEnvironment, split_words

_FOR_STANDALONE_CLUSTERS = {
    "FLINK_PROPERTIES": "set the options themselves in the configuration",
    "JOB_MANAGER_RPC_ADDRESS": "remove it: Flink finds its JobManager by itself",
    "TASK_MANAGER_NUMBER_OF_TASK_SLOTS": "set taskmanager.numberOfTaskSlots",
}
"""What the image's entrypoint writes into the configuration file, which in these pods is a ConfigMap."""
_MEMORY_OF_TASK_MANAGERS = "FLINK_TM_JVM_MEM_OPTS"
_BIN = "/opt/flink/bin"
_NOTHING = ShellEnvironment(lambda _: None)


def check_variables(role: RoleInPod) -> Iterator[Finding]:
    """Find variables without effect or with another one, and values that do not arrive as they are written."""
    for name, source in role.variables.items():
        if name in role.elsewhere and not source.text:
            continue
        yield from _without_effect(role, name, source)
        yield from _values(role, name, source)
    yield from _java_options(role)


def _without_effect(role: RoleInPod, name: str, source: Source) -> Iterator[Finding]:
    if name in _FOR_STANDALONE_CLUSTERS and _has_images_entrypoint(role):
        rule = "has no effect, since here the image's entrypoint cannot write the configuration file"
        yield Finding(source.key, None, rule, _FOR_STANDALONE_CLUSTERS[name])
    if name == "DISABLE_JEMALLOC" and source.text not in ("true", "false", ""):
        rule = "switches jemalloc off, as all but false does"
        yield Finding(source.key, source.text, rule, "write true or false", "warning")
    if name == "PATH" and not role.is_open and _BIN not in source.text.split(":"):
        rule = f"replaces the image's, and without {_BIN} in it no script of Flink is found"
        yield Finding(source.key, source.text, rule, f"add {_BIN}, written out, or remove it")
    if name == "JVM_ARGS":
        yield from _jvm_args(role, source)


def _has_images_entrypoint(role: RoleInPod) -> bool:
    option = Options.KUBERNETES_ENTRY_PATH
    return bool(role.configuration.values.get(option.key, option.default) == option.default)


def _jvm_args(role: RoleInPod, source: Source) -> Iterator[Finding]:
    """Follow a variable that is split at blanks, and no more: quotes and dollars stay what they are."""
    symbols = role.symbols()
    words = tuple(meant_words(source.text, _NOTHING))
    line = Line(source.key, source.text, words, symbols)
    actual, expected = split_words(source.text), [word.text for word in words]
    if actual != expected:
        rule = f"is split at blanks and not read by a shell: {line.difference('Java', actual, expected)}"
        yield line.error(rule, f"write it without quotes, or use {role.prefix}.JAVA_TOOL_OPTIONS, which knows them")
    elif (name := main_class(actual)) is not None:
        rule = f"has {line.show([name])} where Java expects an option, and takes it for the class to run"
        yield line.error(rule, "begin each option with a hyphen")


def _java_options(role: RoleInPod) -> Iterator[Finding]:
    """Find options of Java that a variable replaces as a whole."""
    distributions = distribution_configuration(role.flink_version).values
    for name, keys in (
        (VARIABLE_OF_BOTH_ROLES, ("env.java.default-opts.all", "env.java.opts.all", "env.java.opts")),
        (role.scripts.variable, role.scripts.keys),
    ):
        source = role.variables.get(name)
        if source is None or not (source.text or name in role.elsewhere):
            continue
        for key in keys:
            value = role.configuration.values.get(key)
            if value is not None and value != distributions.get(key):
                yield Finding(key, None, f"has no effect in {role.title} beside {source.key}", "keep one of them")
        if name == VARIABLE_OF_BOTH_ROLES and "--add-opens" not in source.text:
            rule = "replaces the module flags of Flink's distribution, without which some serializers fail"
            yield Finding(source.key, None, rule, f"set env.java.opts.{role.scripts.name} instead", "warning")
    source = role.variables.get(_MEMORY_OF_TASK_MANAGERS)
    written = f"{role.prefix}.{_MEMORY_OF_TASK_MANAGERS}"
    if role.scripts is not JOB_MANAGER and source is not None and written in role.configuration.values:
        rule = "has no effect, since Flink sets the variable itself"
        yield Finding(written, None, rule, "set the memory options of the TaskManager", "warning")


def _values(role: RoleInPod, name: str, source: Source) -> Iterator[Finding]:
    """Find references to variables in the values, as Kubernetes replaces them or not."""
    if "$" not in source.text or is_sensitive(source.key):
        return
    shown = None if mentions_secret(source.text) else source.text
    before = _before(role.variables, name)
    if "$$" in source.text.replace("$$(", ""):
        arrives = expand_references(source.text, lambda _: None)
        rule = "has $$, which Kubernetes takes for $" + (f": the container gets {arrives}" if shown else "")
        yield Finding(source.key, shown, rule, "write $$$$ for $$")
    if name in (VARIABLE_OF_BOTH_ROLES, role.scripts.variable):
        return  # a shell replaces what Kubernetes does not
    for reference in references(source.text):
        is_known = reference in before or is_of_a_service(reference) or not reference.isidentifier()
        if not is_known and role.scripts is JOB_MANAGER and not role.is_open:
            rule = (
                f"refers to {reference}, which is not among the variables in front of it, so it stays as it is written"
            )
            yield Finding(source.key, shown, rule, f"set {reference} in the pod template, or write the value")
    literal = REFERENCE.search(source.text.replace("$(", "("))
    if literal is not None and literal[0] in source.text:
        rule = f"is no shell's: {literal[0]} stays as it is written"
        reference = next(filter(None, literal.groups()))
        yield Finding(source.key, shown, rule, f"write $({reference}), or the value", "warning")


def _before(variables: Mapping[str, Source], name: str) -> set[str]:
    """Return the variables that Kubernetes knows when it comes to ``name``."""
    names = list(variables)
    return set(names[: names.index(name)])
