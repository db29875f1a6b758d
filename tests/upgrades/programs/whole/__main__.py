"""A session with all kinds of children."""

import pulumi

from flink_session import FlinkSessionCluster, FlinkSessionClusterArgs

ARGS: FlinkSessionClusterArgs = {
    "cluster_id": "demo",
    "namespace": "other",
    "flink_version": "2.2.1",
    "high_availability": {"storage_dir": "file:///ha", "replicas": 2},
    "ha_data": "delete",
    "delete_guard": True,
    "metrics": {},
    "secrets": {"PASSWORD": pulumi.Output.secret("correct horse battery staple")},
    "hadoop_configuration": {"core-site.xml": "<configuration/>"},
    "configuration": {"security.kerberos.krb5-conf.path": "krb5.conf", "parallelism.default": 2},
    "pod_template": {
        "spec": {
            "containers": [{"name": "flink-main-container", "volumeMounts": [{"name": "ha", "mountPath": "/ha"}]}],
            "volumes": [{"name": "ha", "persistentVolumeClaim": {"claimName": "ha"}}],
        }
    },
}

FlinkSessionCluster("session", ARGS)
