"""How Flink's own code makes something of the values that are names: words for an implementation, or its class.

None of these options has an enum for its type, so that only the code that reads them knows what they may be. What it
raises for a value, a process of the cluster or a job raises too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import jpype  # type: ignore[import-untyped]

from tests.conformance.jvm import Flink

ROCKSDB_OF_1 = "org.apache.flink.contrib.streaming.state"
ROCKSDB = "org.apache.flink.state.rocksdb"
FORST = "org.apache.flink.state.forst"


class Loaders:
    """The code that reads each option; :attr:`by_key` has a function of the value for each, which raises or returns."""

    def __init__(self, flink: Flink) -> None:
        self._flink = flink
        self._loader = jpype.java.lang.ClassLoader.getSystemClassLoader()
        self._log = jpype.JClass("org.slf4j.LoggerFactory").getLogger("loaders")
        flink.set_variable("FLINK_PLUGINS_DIR", os.fspath(flink.home / "plugins"))
        plugin_utils = jpype.JClass("org.apache.flink.core.plugin.PluginUtils")
        self._plugins = plugin_utils.createPluginManagerFromRootFolder(flink.configuration({}))
        jpype.JClass("org.apache.flink.runtime.state.changelog.StateChangelogStorageLoader").initialize(self._plugins)
        self.rocksdb = ROCKSDB_OF_1 if flink.version.startswith("1.") else ROCKSDB
        self.by_key: dict[str, Callable[[str], Any]] = {
            "classloader.resolve-order": self._resolve_order,
            "cleanup-strategy.type": self._cleanup_strategy,
            "execution.checkpointing.storage": self._checkpoint_storage,
            "high-availability.type": self._high_availability,
            "high-availability.zookeeper.client.acl": self._acl,
            "jobmanager.execution.failover-strategy": self._failover_strategy,
            "metrics.latency.granularity": self._granularity,
            "restart-strategy.type": self._restart_strategy,
            "security.module.factory.classes": self._security_modules,
            "security.ssl.provider": self._ssl_provider,
            "shuffle-service-factory.class": self._shuffle_service,
            "state.backend.rocksdb.options-factory": self._rocksdb("state.backend.rocksdb.options-factory"),
            "state.backend.rocksdb.predefined-options": self._rocksdb("state.backend.rocksdb.predefined-options"),
            "state.backend.type": self._state_backend,
            "state.changelog.dstl.dfs.upload.retry-policy": self._retry_policy,
            "state.changelog.storage": self._changelog_storage,
            "taskmanager.network.bind-policy": self._bind_policy,
        }
        if not flink.version.startswith("1."):
            self.by_key["execution.job-status-changed-listeners"] = self._listeners
            self.by_key["state.backend.forst.options-factory"] = self._forst

    def reporters(self, kind: str, values: dict[str, str]) -> tuple[str, ...]:
        """Return the names of the reporters that are set up; ``kind`` is ``metrics``, ``traces`` or ``events``."""
        package = "org.apache.flink.runtime.metrics"
        configuration = self._flink.configuration(values)
        if self._flink.version.startswith(("1.", "2.0")):
            name = {"metrics": "ReporterSetup", "traces": "TraceReporterSetup"}[kind]
            setups = jpype.JClass(f"{package}.{name}").fromConfiguration(configuration, self._plugins)
        else:
            name = {"metrics": "METRIC", "traces": "TRACE", "events": "EVENT"}[kind]
            builder = getattr(jpype.JClass(f"{package}.ReporterSetupBuilder"), f"{name}_SETUP_BUILDER")
            no_filter = jpype.JClass(f"{package}.filter.ReporterFilter").getNoOpFilter()
            filters = jpype.JProxy("java.util.function.Function", dict={"apply": lambda _: no_filter})
            setups = builder.fromConfiguration(configuration, filters, self._plugins)
        names = sorted(str(setup.getName()) for setup in setups)
        for setup in setups:
            setup.getReporter().close()
        return tuple(names)

    def external_resources(self, values: dict[str, str]) -> frozenset[str]:
        """Return the names of the external resources that TaskManagers ask for."""
        utils = "org.apache.flink.runtime.externalresource.ExternalResourceUtils"
        amounts = _static(utils, "getExternalResourceAmountMap", self._flink.configuration(values))
        return frozenset(str(name) for name in amounts.keySet())

    def file_system(self, uri: str) -> Any:
        """Return Flink's file system of a URI, with what is in ``lib`` and in ``plugins``."""
        file_system = jpype.JClass("org.apache.flink.core.fs.FileSystem")
        file_system.initialize(self._flink.configuration({}), self._plugins)
        return file_system.get(jpype.java.net.URI(uri))

    def checkpoint_storage(self, values: dict[str, str]) -> Any:
        """Return the storage of checkpoints that each job gets."""
        loader = jpype.JClass("org.apache.flink.runtime.state.CheckpointStorageLoader")
        configuration = self._flink.configuration({"execution.checkpointing.storage": "filesystem", **values})
        return loader.fromConfig(configuration, self._loader, self._log).get()

    def _configuration(self, key: str, value: str) -> Any:
        return self._flink.configuration({key: value})

    def _state_backend(self, value: str) -> Any:
        loader = jpype.JClass("org.apache.flink.runtime.state.StateBackendLoader")
        return loader.loadStateBackendFromConfig(
            self._configuration("state.backend.type", value), self._loader, self._log
        )

    def _checkpoint_storage(self, value: str) -> Any:
        return self.checkpoint_storage(
            {"execution.checkpointing.storage": value, "execution.checkpointing.dir": "file:///checkpoints"}
        )

    def _high_availability(self, value: str) -> Any:
        mode = jpype.JClass("org.apache.flink.runtime.jobmanager.HighAvailabilityMode")
        found = mode.fromConfig(self._configuration("high-availability.type", value))
        if str(found.name()) != "FACTORY_CLASS":
            return found
        utils = "org.apache.flink.runtime.highavailability.HighAvailabilityServicesUtils"
        return _static(utils, "loadCustomHighAvailabilityServicesFactory", value)

    def _restart_strategy(self, value: str) -> Any:
        return jpype.JClass("org.apache.flink.configuration.RestartStrategyOptions$RestartStrategyType").of(value)

    def _failover_strategy(self, value: str) -> Any:
        loader = jpype.JClass("org.apache.flink.runtime.executiongraph.failover.FailoverStrategyFactoryLoader")
        return loader.loadFailoverStrategyFactory(self._configuration("jobmanager.execution.failover-strategy", value))

    def _cleanup_strategy(self, value: str) -> Any:
        factory = jpype.JClass("org.apache.flink.runtime.dispatcher.cleanup.CleanupRetryStrategyFactory").INSTANCE
        return factory.createRetryStrategy(self._configuration("cleanup-strategy.type", value))

    def _shuffle_service(self, value: str) -> Any:
        loader = jpype.JClass("org.apache.flink.runtime.shuffle.ShuffleServiceLoader")
        return loader.loadShuffleServiceFactory(self._configuration("shuffle-service-factory.class", value))

    def _resolve_order(self, value: str) -> Any:
        return jpype.JClass("org.apache.flink.util.FlinkUserCodeClassLoaders$ResolveOrder").fromString(value)

    def _granularity(self, value: str) -> Any:
        upper = str(jpype.JString(value).toUpperCase(jpype.java.util.Locale.ROOT))
        return jpype.JClass("org.apache.flink.streaming.util.LatencyStats$Granularity").valueOf(upper)

    def _bind_policy(self, value: str) -> Any:
        return jpype.JClass("org.apache.flink.runtime.taskexecutor.HostBindPolicy").fromString(value)

    def _retry_policy(self, value: str) -> Any:
        policy = jpype.JClass("org.apache.flink.changelog.fs.RetryPolicy")
        return policy.fromConfig(self._configuration("state.changelog.dstl.dfs.upload.retry-policy", value))

    def _changelog_storage(self, value: str) -> Any:
        loader = jpype.JClass("org.apache.flink.runtime.state.changelog.StateChangelogStorageLoader")
        factories = loader.class_.getDeclaredField("STATE_CHANGELOG_STORAGE_FACTORIES")
        factories.setAccessible(True)
        found = factories.get(None).get(value)
        if found is None:
            # What the loader logs; it returns null, and the task fails.
            raise jpype.JClass("java.lang.IllegalArgumentException")(f"no factory for changelog storage {value}")
        return found

    def _ssl_provider(self, value: str) -> Any:
        configuration = self._configuration("security.ssl.provider", value)
        return _static("org.apache.flink.runtime.net.SSLUtils", "getSSLProvider", configuration)

    def _acl(self, value: str) -> Any:
        mode = jpype.JClass("org.apache.flink.runtime.util.ZooKeeperUtils$ZkClientACLMode")
        return mode.fromConfig(self._configuration("high-availability.zookeeper.client.acl", value))

    def _security_modules(self, value: str) -> Any:
        configuration = self._configuration("security.module.factory.classes", value)
        security = jpype.JClass("org.apache.flink.runtime.security.SecurityConfiguration")(configuration)
        return _static("org.apache.flink.runtime.security.SecurityUtils", "installModules", security)

    def _listeners(self, value: str) -> Any:
        utils = jpype.JClass("org.apache.flink.core.execution.JobStatusChangedListenerUtils")
        executor = jpype.JClass("org.apache.flink.util.concurrent.Executors").directExecutor()
        configuration = self._configuration("execution.job-status-changed-listeners", value)
        return utils.createJobStatusChangedListeners(self._loader, configuration, executor)

    def _rocksdb(self, key: str) -> Callable[[str], Any]:
        backend = jpype.JClass(f"{self.rocksdb}.EmbeddedRocksDBStateBackend")
        return lambda value: backend().configure(self._configuration(key, value), self._loader)

    def _forst(self, value: str) -> Any:
        backend = jpype.JClass(f"{FORST}.ForStStateBackend")
        return backend().configure(self._configuration("state.backend.forst.options-factory", value), self._loader)


def _static(class_name: str, method_name: str, *arguments: Any) -> Any:
    """Call a static method, be it private."""
    methods = jpype.JClass(class_name).class_.getDeclaredMethods()
    (method,) = (m for m in methods if str(m.getName()) == method_name and len(m.getParameterTypes()) == len(arguments))
    method.setAccessible(True)
    try:
        return method.invoke(None, list(arguments))
    except jpype.JClass("java.lang.reflect.InvocationTargetException") as error:
        raise error.getCause() from None
