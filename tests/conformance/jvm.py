"""Flink itself, asked from Python: what its client would create for a configuration, and how it reads values.

The classes of one distribution run in this process through JPype. From the parsing of ``-D`` on, everything is Flink's
own code; only the last call, which would talk to the API server, is caught, and what it was given is the answer. A JVM
cannot be started twice in a process, so a process knows one version.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import jpype  # type: ignore[import-untyped]
import jpype.config as jpype_config  # type: ignore[import-untyped]

from tests.conformance.cases import Built, Case, Refused, configuration_file
from tests.conformance.distributions import distribution, sql_gateway
from tests.conformance.inputs import Inputs

_ENVIRONMENT = ("HADOOP_CONF_DIR", "HADOOP_HOME")

_BIND_ADDRESS = ("rest.bind-address", "web.address", "jobmanager.web.address")

_TYPES: dict[str, Callable[[Any], Any]] = {
    "string": lambda key: key.stringType(),
    "boolean": lambda key: key.booleanType(),
    "int": lambda key: key.intType(),
    "long": lambda key: key.longType(),
    "float": lambda key: key.floatType(),
    "double": lambda key: key.doubleType(),
    "memory": lambda key: key.memoryType(),
    "duration": lambda key: key.durationType(),
    "map": lambda key: key.mapType(),
    "list<string>": lambda key: key.stringType().asList(),
    "list<map>": lambda key: key.mapType().asList(),
}
"""Types of options by the names that the catalogue has for them."""


class Flink:
    """The classes of one Flink version in this process's JVM."""

    def __init__(self, version: str) -> None:
        home = distribution(version)
        if home is None:
            raise LookupError(f"the jars of Flink {version} are not here: run dev/conformance {version}")
        self.version = version
        self.home = home
        if not jpype.isJVMStarted():
            _start(home, version)
        self._inputs = Inputs(Path(tempfile.mkdtemp(prefix="flink-session-conformance-")))
        self._global_configuration = jpype.JClass("org.apache.flink.configuration.GlobalConfiguration")
        self._configuration = jpype.JClass("org.apache.flink.configuration.Configuration")
        self._conf_data = _accessible(self._configuration.class_.getDeclaredField("confData"))
        self._environment = _mutable_environment()
        self._client = _Client(self)

    def close(self) -> None:
        """Remove the files that Flink was given, and end what it has started."""
        shutil.rmtree(self._inputs.folder, ignore_errors=True)
        if "_kube_client" in vars(self):
            self._kube_client.close()

    def set_variable(self, name: str, value: str) -> None:
        """Put a variable into the JVM's view of the environment."""
        self._environment.put(name, value)

    def build(self, case: Case) -> Built | Refused:
        """Return what ``kubernetes-session.sh`` would create for this case, or why it would refuse."""
        conf_dir = self._inputs.write(case)
        for name in _ENVIRONMENT:
            value = case.environment.get(name)
            self._environment.remove(name) if value is None else self._environment.put(name, self._inputs.local(value))
        arguments = [f"-D{key}={self._inputs.local(value)}" for key, value in case.dynamic_properties.items()]
        try:
            objects, effective = self._client.deploy(str(conf_dir), arguments)
        except jpype.JException as error:
            return self._refused(error)
        name, text = configuration_file(objects)
        read_back = self.read_configuration(text, name)
        if isinstance(read_back, Refused):
            return Built(objects, None, tuple(sorted(effective)))
        return Built(objects, read_back, tuple(sorted(set(effective) - set(read_back))))

    def read_configuration(self, content: str | bytes, name: str = "config.yaml") -> dict[str, Any] | Refused:
        """Return keys and typed values that Flink reads from a configuration file."""
        try:
            return self.values(self._load(self._inputs.local(content) if isinstance(content, str) else content, name))
        except jpype.JException as error:
            return self._refused(error)

    def read_pod_template(self, content: bytes) -> dict[str, Any] | Refused:
        """Return the pod that Flink's client reads from a pod template."""
        file = self._inputs.folder / "template.yaml"
        file.write_bytes(content)
        try:
            return self._client.load_pod_template(str(file))
        except jpype.JException as error:
            return self._refused(error)

    def printed_lines(self, text: str, name: str = "config.yaml") -> list[str]:
        """Return what ``BashJavaUtils`` prints of a configuration file; an item may be of many lines."""
        utils = jpype.JClass("org.apache.flink.configuration.ConfigurationUtils")
        return [str(line) for line in utils.convertConfigToWritableLines(self._load(text, name), True)]

    def arguments(self, role: str, arguments: Sequence[str]) -> dict[str, str] | None:
        """Return the options that a role's process takes from its arguments; ``None`` where it refuses them."""
        entrypoint = "org.apache.flink.runtime.entrypoint"
        parser = jpype.JClass(f"{entrypoint}.parser.CommandLineParser")
        name = "DynamicParameters" if role == "jobmanager" else "Cluster"
        try:
            factory = jpype.JClass(f"{entrypoint}.{name}ConfigurationParserFactory")()
            given = [*([] if role == "jobmanager" else ["--configDir", "/"]), *arguments]
            parsed = parser(factory).parse(jpype.JArray(jpype.java.lang.String)(given))
        except jpype.JException:
            return None
        properties = parsed.toMap() if role == "jobmanager" else parsed.getDynamicProperties()
        return {str(key): str(properties.get(key)) for key in properties.keySet()}

    def read_option(
        self, type_name: str, values: Mapping[str, str] | str, key: str, enum: str | None = None
    ) -> Any | Refused:
        """Return an option's value as JSON: sizes in bytes, durations in nanoseconds, maps and lists as such.

        Args:
            type_name: the option's type as the catalogue names it; for ``enum`` its class is given too.
            values: the configuration: keys and texts as ``-D`` gives them, or the text of a ``config.yaml``.
            key: the option's key.
            enum: the binary name of the enum's class.
        """
        builder = jpype.JClass("org.apache.flink.configuration.ConfigOptions").key(key)
        try:
            configuration = self._load(values, "config.yaml") if isinstance(values, str) else self.configuration(values)
            typed = builder.enumType(jpype.JClass(enum).class_) if enum else _TYPES[type_name](builder)
            return _plain(configuration.get(typed.noDefaultValue()))
        except jpype.JException as error:
            return self._refused(error)

    def job_manager_memory(self, values: Mapping[str, str]) -> dict[str, int] | Refused:
        """Return the bytes of each part of the JobManager's memory, by the names of our ``JobManagerMemory``."""
        utils = jpype.JClass("org.apache.flink.runtime.jobmanager.JobManagerProcessUtils")
        configuration = self.configuration(values)
        try:
            if hasattr(utils, "processSpecFromConfigWithNewOptionToInterpretLegacyHeap"):
                options = jpype.JClass("org.apache.flink.configuration.JobManagerOptions")
                spec = utils.processSpecFromConfigWithNewOptionToInterpretLegacyHeap(
                    configuration, options.TOTAL_PROCESS_MEMORY
                )
            else:
                spec = utils.processSpecFromConfig(configuration)
        except jpype.JException as error:
            return self._refused(error)
        return {
            "jvm_heap": _bytes(spec.getJvmHeapMemorySize()),
            "off_heap": _bytes(spec.getJvmDirectMemorySize()),
            "jvm_metaspace": _bytes(spec.getJvmMetaspaceSize()),
            "jvm_overhead": _bytes(spec.getJvmOverheadSize()),
        }

    def task_manager_memory(self, values: Mapping[str, str]) -> dict[str, int] | Refused:
        """Return the bytes of each part of a TaskManager's memory, by the names of our ``TaskManagerMemory``."""
        utils = jpype.JClass("org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils")
        configuration = self.configuration(values)
        try:
            if hasattr(utils, "getConfigurationMapLegacyTaskManagerHeapSizeToConfigOption"):
                options = jpype.JClass("org.apache.flink.configuration.TaskManagerOptions")
                configuration = utils.getConfigurationMapLegacyTaskManagerHeapSizeToConfigOption(
                    configuration, options.TOTAL_PROCESS_MEMORY
                )
            spec = utils.processSpecFromConfig(configuration)
        except jpype.JException as error:
            return self._refused(error)
        flink = spec.getFlinkMemory()
        return {
            "framework_heap": _bytes(flink.getFrameworkHeap()),
            "framework_off_heap": _bytes(flink.getFrameworkOffHeap()),
            "task_heap": _bytes(flink.getTaskHeap()),
            "task_off_heap": _bytes(flink.getTaskOffHeap()),
            "network": _bytes(flink.getNetwork()),
            "managed": _bytes(flink.getManaged()),
            "jvm_metaspace": _bytes(spec.getJvmMetaspaceSize()),
            "jvm_overhead": _bytes(spec.getJvmOverheadSize()),
        }

    def slot_manager_limits(self, values: Mapping[str, str]) -> tuple[int, int, int | None] | Refused:
        """Return how many TaskManagers there are at least, how many of them are spare, and how many at most."""
        runtime = "org.apache.flink.runtime.resourcemanager"
        configuration = self.configuration(values)
        factory = jpype.JClass("org.apache.flink.kubernetes.entrypoint.KubernetesWorkerResourceSpecFactory")
        try:
            spec = factory.INSTANCE.createDefaultWorkerResourceSpec(configuration)
            manager = jpype.JClass(f"{runtime}.slotmanager.SlotManagerConfiguration")
            limits = manager.fromConfiguration(configuration, spec)
        except jpype.JException as error:
            return self._refused(error)
        cores, memory = spec.getCpuCores().getValue(), spec.getTotalMemSize().getBytes()
        rounding = jpype.JClass("java.math.RoundingMode")

        def workers(cpu: Any, size: Any, cores_rounded: Any, bytes_rounded: Callable[[float], int]) -> tuple[int, int]:
            by_cores = int(str(cpu.getValue().divide(cores, 0, cores_rounded).toBigInteger()))
            return by_cores, bytes_rounded(int(size.getBytes()) / memory)

        least = max(workers(limits.getMinTotalCpu(), limits.getMinTotalMem(), rounding.CEILING, math.ceil))
        most = min(workers(limits.getMaxTotalCpu(), limits.getMaxTotalMem(), rounding.FLOOR, math.floor))
        return least, int(limits.getRedundantTaskManagerNum()), most if most < 1 << 30 else None

    def task_manager_pod(self, values: Mapping[str, str], template: str = "spec: {}") -> dict[str, Any] | Refused:
        """Return the pod that a JobManager with these options, and this template, would start a TaskManager in."""
        configuration = self.configuration(values)
        runtime, kube_client = "org.apache.flink.runtime.clusterframework", "org.apache.flink.kubernetes.kubeclient"
        size = jpype.JClass(f"{runtime}.TaskExecutorProcessUtils").processSpecFromConfig(configuration)
        container = jpype.JClass(f"{runtime}.ContaineredTaskManagerParameters").create(configuration, size)
        util = jpype.java.util
        parameters = jpype.JClass(f"{kube_client}.parameters.KubernetesTaskManagerParameters")(
            configuration, "demo-taskmanager-1-1", "", "", container, util.HashMap(), util.HashSet()
        )
        factory = jpype.JClass(f"{kube_client}.factory.KubernetesTaskManagerFactory")
        utils = jpype.JClass("org.apache.flink.kubernetes.utils.KubernetesUtils")
        file = self._inputs.folder / "task-manager-template.yaml"
        file.write_text(template, encoding="utf-8", newline="")
        try:
            read = utils.loadPodFromTemplateFile(
                self._kube_client, jpype.java.io.File(str(file)), "flink-main-container"
            )
            pod = factory.buildTaskManagerKubernetesPod(read, parameters).getInternalResource()
        except jpype.JException as error:
            return self._refused(error)
        shaded = "org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.client.utils.Serialization"
        return dict(json.loads(str(jpype.JClass(shaded).asJson(pod))))

    @cached_property
    def _kube_client(self) -> Any:
        factory = jpype.JClass("org.apache.flink.kubernetes.kubeclient.FlinkKubeClientFactory")
        return factory.getInstance().fromConfiguration(self.configuration({"kubernetes.cluster-id": "demo"}), "test")

    def configuration(self, values: Mapping[str, str]) -> Any:
        """Return Flink's own ``Configuration`` of these texts."""
        return self._configuration.fromMap(jpype.java.util.HashMap(dict(values)))

    def values(self, configuration: Any) -> dict[str, Any]:
        """Return keys and typed values of a ``Configuration``."""
        plain: dict[str, Any] = _plain(self._conf_data.get(configuration))
        return {key: self._public(value) for key, value in plain.items()}

    def load(self, conf_dir: str) -> Any:
        """Return the ``Configuration`` that Flink loads from a folder."""
        return self._global_configuration.loadConfiguration(conf_dir)

    def _load(self, content: str | bytes, name: str) -> Any:
        folder = self._inputs.folder / "read"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return self.load(str(folder))

    def _public(self, value: Any) -> Any:
        return self._inputs.public(value) if isinstance(value, str) else value

    def public_json(self, text: str) -> Any:
        """Return JSON's value with the paths that the case has."""
        return json.loads(self._inputs.public(text))

    def _refused(self, error: Any) -> Refused:
        errors = []
        while error is not None:
            message = str(error.getMessage() or "").replace(str(self._inputs.folder), "")
            errors.append((str(error.getClass().getSimpleName()), message))
            error = error.getCause()
        return Refused(tuple(errors))


class _Client:
    """``kubernetes-session.sh`` up to the point where it would talk to the API server."""

    def __init__(self, flink: Flink) -> None:
        self._flink = flink
        self._cli = jpype.JClass("org.apache.flink.kubernetes.cli.KubernetesSessionCli")
        strings = jpype.JClass("java.lang.String[]")
        self._effective = _accessible(self._cli.class_.getDeclaredMethod("getEffectiveConfiguration", strings))
        self._factory = jpype.JClass("org.apache.flink.kubernetes.KubernetesClusterClientFactory")()
        self._kube_client = jpype.JClass("org.apache.flink.kubernetes.kubeclient.FlinkKubeClient")
        descriptor = jpype.JClass("org.apache.flink.kubernetes.KubernetesClusterDescriptor").class_
        self._descriptor_client = _accessible(descriptor.getDeclaredField("client"))
        self._descriptor_configuration = _accessible(descriptor.getDeclaredField("flinkConfig"))
        shaded = "org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.client.utils.Serialization"
        self._serialization = jpype.JClass(shaded)
        # What keeps an option on the client's side, by Flink's own constants' keys.
        self._client_side = frozenset(
            (
                "$internal.deployment.config-dir",
                "kubernetes.config.file",
                "jobmanager.bind-host",
                "taskmanager.bind-host",
                "taskmanager.host",
            )
        )

    def deploy(self, conf_dir: str, arguments: list[str]) -> tuple[list[dict[str, Any]], frozenset[str]]:
        """Return the objects that would be created, and the keys that their configuration should hold."""
        cli = self._cli(self._flink.load(conf_dir), conf_dir)
        try:
            configuration = self._effective.invoke(cli, [jpype.JArray(jpype.JString)(arguments)])
        except jpype.JClass("java.lang.reflect.InvocationTargetException") as error:
            raise error.getCause() from None
        descriptor = self._factory.createClusterDescriptor(configuration)
        client = self._descriptor_client.get(descriptor)
        try:
            recorded: list[Any] = []
            self._descriptor_client.set(descriptor, self._recording_client(client, recorded))
            specification = self._factory.getClusterSpecification(configuration)
            try:
                descriptor.deploySessionCluster(specification)
            except jpype.JException:
                if not recorded:
                    raise
        finally:
            client.close()
        objects = [recorded[0].getDeployment(), *recorded[0].getAccompanyingResources()]
        json_objects = [self._flink.public_json(str(self._serialization.asJson(item))) for item in objects]
        effective = frozenset(map(str, self._descriptor_configuration.get(descriptor).keySet()))
        # Of the three keys of one option, only the strongest is taken away.
        bind_address = next((key for key in _BIND_ADDRESS if key in effective), None)
        return json_objects, effective - self._client_side - {bind_address}

    def load_pod_template(self, path: str) -> dict[str, Any]:
        """Return the pod of a template as JSON."""
        descriptor = self._factory.createClusterDescriptor(self._flink.configuration({"kubernetes.cluster-id": "x"}))
        client = self._descriptor_client.get(descriptor)
        try:
            pod = client.loadPodFromTemplateFile(jpype.java.io.File(path)).getInternalResource()
        finally:
            client.close()
        return dict(json.loads(str(self._serialization.asJson(pod))))

    def _recording_client(self, client: Any, recorded: list[Any]) -> Any:
        """Make a client that takes the specification and stops the deployment there; templates are read as ever."""

        def create(specification: Any) -> None:
            recorded.append(specification)
            raise jpype.JClass("java.lang.IllegalStateException")("recorded")

        methods = {
            "createJobManagerComponent": create,
            "loadPodFromTemplateFile": client.loadPodFromTemplateFile,
            "stopAndCleanupCluster": lambda cluster_id: None,
        }
        return jpype.JProxy(self._kube_client, dict=methods)


def leave(status: int = 0) -> NoReturn:
    """End a script's process at once: Flink's threads do not survive the orderly end of Python."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _start(home: Path, version: str) -> None:
    # Neither this machine's cluster nor its Hadoop has a say.
    own = os.environ.get("KUBECONFIG")
    os.environ["KUBECONFIG"] = os.devnull
    for name in (*_ENVIRONMENT, "FLINK_CONF_DIR"):
        os.environ.pop(name, None)
    jars = [str(jar) for jar in sorted((home / "lib").glob("*.jar"))]
    if gateway := sql_gateway(version):
        jars.append(str(gateway))
    # Ending the JVM at the interpreter's exit crashes it while Flink's own threads run; the process ends it as well.
    jpype_config.destroy_jvm = False
    jpype_config.onexit = False
    jpype.startJVM(
        "-XX:+UseSerialGC",
        "-Xmx1g",
        "-Dfile.encoding=UTF-8",
        "-Dorg.apache.logging.log4j.level=OFF",
        "-Dlog4j2.StatusLogger.level=OFF",
        "--add-opens=java.base/java.util=ALL-UNNAMED",
        classpath=jars,
        convertStrings=False,
    )
    # The JVM has taken its copy with this; tests that run later have their own.
    jpype.java.lang.System.getenv("KUBECONFIG")
    if own is None:
        del os.environ["KUBECONFIG"]
    else:
        os.environ["KUBECONFIG"] = own


def _mutable_environment() -> Any:
    """Return the map behind ``System.getenv``: Flink asks there for Hadoop's folders."""
    environment = jpype.java.lang.System.getenv()
    return _accessible(environment.getClass().getDeclaredField("m")).get(environment)


def _accessible(member: Any) -> Any:
    member.setAccessible(True)
    return member


def _bytes(size: Any) -> int:
    return int(size.getBytes())


def _plain(value: Any) -> Any:
    """Turn a Java value into the JSON value that says the same, keeping integers, floats and text apart."""
    lang, util = jpype.java.lang, jpype.java.util
    if value is None:
        return None
    if isinstance(value, (lang.Boolean, jpype.JBoolean)):
        return bool(value)
    if isinstance(value, (lang.Integer, lang.Long, lang.Short, jpype.java.math.BigInteger)):
        return int(str(value.toString()))
    if isinstance(value, (lang.Double, lang.Float)):
        return float(value)
    if isinstance(value, util.Map):
        return {str(entry.getKey()): _plain(entry.getValue()) for entry in value.entrySet()}
    if isinstance(value, util.Collection):
        return [_plain(item) for item in value]
    if isinstance(value, jpype.java.time.Duration):
        return int(value.getSeconds()) * 1_000_000_000 + int(value.getNano())
    if hasattr(value, "getBytes") and hasattr(value, "getMebiBytes"):
        return _bytes(value)
    return str(value.name()) if hasattr(value, "name") else str(value.toString())
