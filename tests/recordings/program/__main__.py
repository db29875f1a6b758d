"""The recorded program: one component with a ConfigMap, a Secret, a Deployment and a Service."""

import hashlib

import pulumi
import pulumi_kubernetes as k8s

config = pulumi.Config()
slots = config.get("slots") or "1"
secret = config.require_secret("token")


class Session(pulumi.ComponentResource):
    """A session by plain names, ordered by depends_on."""

    def __init__(self, name: str) -> None:
        super().__init__("recording:index:Session", name, {"a": 1})
        labels = {"app": name}
        conf = f"taskmanager.numberOfTaskSlots: {slots}\n"
        child = pulumi.ResourceOptions(parent=self)
        config_map = k8s.core.v1.ConfigMap(
            f"{name}-config",
            metadata={"name": f"flink-config-{name}", "namespace": "default", "labels": labels},
            data={"config.yaml": conf},
            opts=child,
        )
        k8s.core.v1.Secret(
            f"{name}-secret",
            metadata={"name": f"{name}-secret", "namespace": "default"},
            string_data={"token": secret},
            opts=child,
        )
        container: k8s.core.v1.ContainerArgsDict = {
            "name": "main",
            "image": "docker.io/local/pause:1",
            "ports": [{"container_port": 8081, "name": "rest"}],
        }
        deployment = k8s.apps.v1.Deployment(
            f"{name}-jm",
            metadata={"name": name, "namespace": "default", "labels": labels},
            spec={
                "replicas": 1,
                "selector": {"match_labels": labels},
                "template": {
                    "metadata": {"labels": labels, "annotations": {"sha": hashlib.sha256(conf.encode()).hexdigest()}},
                    "spec": {"containers": [container]},
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[config_map]),
        )
        service = k8s.core.v1.Service(
            f"{name}-rest",
            metadata={"name": f"{name}-rest", "namespace": "default", "labels": labels},
            spec={
                "selector": labels,
                "type": "ClusterIP",
                "ports": [{"name": "rest", "port": 8081, "target_port": 8081}],
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        port = service.spec["ports"][0]["port"].apply(str)
        self.endpoint = pulumi.Output.concat(
            "http://", service.metadata["name"], ".", service.metadata["namespace"], ":", port
        )
        self.register_outputs({"endpoint": self.endpoint})


session = Session("demo")
pulumi.export("endpoint", session.endpoint)
pulumi.export("token", secret)
