"""Components of four objects each, by the generated classes: the shape of the program that the CLI was timed with."""

import hashlib

import pulumi
import pulumi_kubernetes as kubernetes


class Session(pulumi.ComponentResource):
    """A configuration, a secret, a Deployment and its Service."""

    def __init__(self, name: str, namespace: str, token: pulumi.Output[str]) -> None:
        super().__init__("benchmark:index:Session", name)
        labels = {"app": name}
        text = "taskmanager.numberOfTaskSlots: 2\n"

        def options(*dependencies: pulumi.Resource) -> pulumi.ResourceOptions:
            return pulumi.ResourceOptions(parent=self, depends_on=list(dependencies))

        def metadata(object_name: str) -> kubernetes.meta.v1.ObjectMetaArgsDict:
            return {"name": object_name, "namespace": namespace, "labels": labels, "annotations": unawaited}

        unawaited = {"pulumi.com/skipAwait": "true"}
        config = kubernetes.core.v1.ConfigMap(
            f"{name}-config", metadata=metadata(f"{name}-config"), data={"config.yaml": text}, opts=options()
        )
        kubernetes.core.v1.Secret(
            f"{name}-secret", metadata=metadata(f"{name}-secret"), string_data={"token": token}, opts=options()
        )
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-jobmanager",
            metadata=metadata(name),
            spec={
                "replicas": 0,
                "selector": {"match_labels": labels},
                "template": {
                    "metadata": {
                        "labels": labels,
                        "annotations": {"checksum": hashlib.sha256(text.encode()).hexdigest()},
                    },
                    "spec": {
                        "containers": [
                            {
                                "name": "main",
                                "image": "registry.invalid/none:1",
                                "ports": [{"container_port": 8081, "name": "rest"}],
                            }
                        ]
                    },
                },
            },
            opts=options(config),
        )
        service = kubernetes.core.v1.Service(
            f"{name}-rest",
            metadata=metadata(f"{name}-rest"),
            spec={"selector": labels, "ports": [{"name": "rest", "port": 8081, "target_port": 8081}]},
            opts=options(deployment),
        )
        self.endpoint = pulumi.Output.concat("http://", service.metadata["name"], ":8081")
        self.register_outputs({"endpoint": self.endpoint})


config = pulumi.Config()
sessions = [
    Session(f"{pulumi.get_stack()}-{number}", config.require("namespace"), config.require_secret("token"))
    for number in range(config.require_int("count"))
]
pulumi.export("endpoint", sessions[0].endpoint)
