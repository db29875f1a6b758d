"""Whether and how a cluster is highly available. Mirrors ``HighAvailabilityMode``."""

from __future__ import annotations

from enum import Enum

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import HighAvailabilityOptions

_KUBERNETES_FACTORIES = ("org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory",)


class HighAvailabilityMode(Enum):
    """Where leaders are elected and job metadata is kept."""

    NONE = "NONE"
    ZOOKEEPER = "ZOOKEEPER"
    KUBERNETES = "KUBERNETES"
    FACTORY_CLASS = "FACTORY_CLASS"

    @classmethod
    def of(cls, configuration: Configuration) -> HighAvailabilityMode:
        """Read ``high-availability.type`` as Flink does: each word that it does not know is the name of a class."""
        name = configuration.get(HighAvailabilityOptions.HA_MODE)
        if name.lower() == "standalone":
            return cls.NONE
        return cls.__members__.get(name.upper(), cls.FACTORY_CLASS)

    @property
    def is_active(self) -> bool:
        """Whether a second JobManager can take over."""
        return self is not HighAvailabilityMode.NONE


def keeps_leaders_in_config_maps(configuration: Configuration) -> bool:
    """Tell whether JobManager and TaskManagers read and write ConfigMaps: Kubernetes HA, by its name or its class."""
    name = configuration.get(HighAvailabilityOptions.HA_MODE)
    return HighAvailabilityMode.of(configuration) is HighAvailabilityMode.KUBERNETES or name in _KUBERNETES_FACTORIES
