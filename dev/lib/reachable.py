"""Prints API server and context of the kubeconfig in force, if it answers within five seconds; else exits with 1."""

import sys

from lightkube.config.client_adapter import Client, ConnectionParams
from lightkube.config.kubeconfig import KubeConfig


def main() -> int:
    """Ask the server for its version."""
    try:
        config = KubeConfig.from_env().get()
        with Client(config, ConnectionParams(timeout=5)) as client:
            version = client.get("/version")
            version.raise_for_status()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, there is no cluster to use
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"{config.cluster.server} (Kubernetes {version.json()['gitVersion']}), context {config.context_name!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
