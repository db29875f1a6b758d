"""What the arguments beyond size and name come to: each has its effect, in both roles where it should."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from flink_session.configuration import IllegalConfigurationError
from flink_session.configuration.catalogue import option_catalogue
from flink_session.deployment import SessionCluster
from flink_session.deployment.planning import plan
from flink_session.kubernetes.extensions import Tls


def no_file(path: str) -> bytes:
    raise FileNotFoundError(path)


def planned(**args: Any) -> SessionCluster:
    return plan({"cluster_id": "demo", **args}, no_file)[1]


def refused(**args: Any) -> list[str]:
    with pytest.raises(IllegalConfigurationError) as raised:
        planned(**args)
    return list(map(str, raised.value.findings))


def pod(cluster: SessionCluster) -> dict[str, Any]:
    return dict(cluster.deployment["spec"]["template"]["spec"])


def test_the_number_of_taskmanagers() -> None:
    cluster = planned(task_manager={"slots": 2, "min_slots": 2, "max_slots": 8, "idle_timeout": "90s"})
    options = cluster.effective_configuration
    assert options["slotmanager.number-of-slots.min"] == 2
    assert options["slotmanager.number-of-slots.max"] == 8
    assert options["resourcemanager.taskmanager-timeout"] == "90s"
    (text,) = refused(task_manager={"slots": 4, "max_slots": 2})
    assert text.startswith("task_manager.max_slots is 2, but it must be at least the 4 slots of one TaskManager")
    (text,) = refused(task_manager={"idle_timeout": "60"})
    assert text.startswith("task_manager.idle_timeout is '60', but it must be a duration with its unit")
    (text,) = refused(task_manager={"idle_timeout": "soon"})
    assert text.startswith("task_manager.idle_timeout is 'soon'")
    (text,) = refused(task_manager={"max_slots": 8}, configuration={"slotmanager.number-of-slots.max": 9})
    assert "keep task_manager.max_slots" in text


@pytest.mark.parametrize("version", ["1.20", "2.2"])
def test_nodes_and_taints(version: str) -> None:
    toleration = {"key": "dedicated", "operator": "Equal", "value": "flink", "effect": "NoSchedule"}
    place = {"node_selector": {"topology.kubernetes.io/zone": "a"}, "tolerations": [toleration]}
    template = {"spec": {"nodeSelector": {"disk": "ssd"}, "tolerations": [{"operator": "Exists", "key": "x"}]}}
    cluster = planned(flink_version=version, job_manager=place, task_manager=place, pod_template=template)
    assert pod(cluster)["nodeSelector"] == {"disk": "ssd", "topology.kubernetes.io/zone": "a"}
    assert pod(cluster)["tolerations"] == [{"operator": "Exists", "key": "x"}, toleration]
    options = cluster.effective_configuration
    assert options["kubernetes.taskmanager.node-selector"] == options["kubernetes.jobmanager.node-selector"]
    assert options["kubernetes.taskmanager.tolerations"] == options["kubernetes.jobmanager.tolerations"]
    (text,) = refused(task_manager={"tolerations": [{"key": "a", "efect": "NoSchedule"}]})
    assert text.startswith("task_manager.tolerations, efect is no field that Flink knows")


def test_sizes_are_figures_of_pods_and_of_the_whole_session() -> None:
    role = {"cpu": 0.5, "memory": "2Gi"}
    configuration = {"kubernetes.taskmanager.cpu.limit-factor": 2.0}
    args = {"job_manager": role, "configuration": configuration}
    sizes = planned(task_manager={**role, "slots": 2, "min_slots": 3, "max_slots": 9}, **args).sizes
    assert {name: sizes["jobManager"][name] for name in ("pods", "cpu", "cpuLimit", "memoryMiB")} == {
        "pods": 1,
        "cpu": 0.5,
        "cpuLimit": 0.5,
        "memoryMiB": 2048,
    }
    assert (sizes["taskManager"]["slots"], sizes["taskManager"]["cpuLimit"]) == (2, 1.0)
    for role_name in ("jobManager", "taskManager"):
        assert sum(sizes[role_name]["breakdown"].values()) == 2 << 30
    assert sizes["least"] == {"taskManagers": 2, "slots": 4, "cpu": 1.5, "memoryMiB": 3 * 2048}
    assert sizes["most"] == {"taskManagers": 4, "slots": 8, "cpu": 2.5, "memoryMiB": 5 * 2048}
    without = planned().sizes
    assert "most" not in without
    assert without["least"] == {"taskManagers": 0, "slots": 0, "cpu": 1.0, "memoryMiB": 1600}
    assert json.loads(json.dumps(sizes)) == sizes


def test_the_command_that_submits_a_job() -> None:
    assert planned(namespace="flink").flink_run_command == (
        "flink run -t kubernetes-session -Dkubernetes.cluster-id=demo -Dkubernetes.namespace=flink"
    )
    tls = {"security.ssl.rest.enabled": True}
    assert planned(configuration=tls).flink_run_command.endswith("-Dsecurity.ssl.rest.enabled=true")


PLUGINS = "containerized.{}.env.ENABLE_BUILT_IN_PLUGINS"
JOB_MANAGER, TASK_MANAGER = PLUGINS.format("master"), PLUGINS.format("taskmanager")


@pytest.mark.parametrize(
    ("url", "artifact"),
    [
        ("s3://bucket/flink", "flink-s3-fs-hadoop"),
        ("s3p://bucket/flink/", "flink-s3-fs-presto"),
        ("gs://bucket/flink", "flink-gs-fs-hadoop"),
        ("abfs://container@account.dfs.core.windows.net/flink", "flink-azure-fs-hadoop"),
        ("oss://bucket/flink", "flink-oss-fs-hadoop"),
    ],
)
@pytest.mark.parametrize(("version", "release"), [("1.20", "1.20.5"), ("2.2.0", "2.2.0"), ("2.3", "2.3.0")])
def test_one_url_gives_folders_and_the_plugin_of_that_version(
    url: str, artifact: str, version: str, release: str
) -> None:
    cluster = planned(
        state_storage=url,
        namespace="flink",
        flink_version=version,
        configuration={"high-availability.type": "kubernetes"},
    )
    options, own = cluster.effective_configuration, f"{url.rstrip('/')}/flink/demo"
    assert options["execution.checkpointing.dir"] == f"{own}/checkpoints"
    assert options["execution.checkpointing.savepoint-dir"] == f"{own}/savepoints"
    assert options["high-availability.storageDir"] == f"{own}/ha"
    assert options[JOB_MANAGER] == options[TASK_MANAGER] == f"{artifact}-{release}.jar"
    (container,) = pod(cluster)["containers"]
    assert {"name": "ENABLE_BUILT_IN_PLUGINS", "value": f"{artifact}-{release}.jar"} in container["env"]
    assert "high-availability.storageDir" not in planned(state_storage=url).effective_configuration


def test_what_the_user_says_of_state_and_plugins_stays() -> None:
    options = planned(
        state_storage="s3://bucket/flink",
        plugins=["gs-fs-hadoop"],
        configuration={
            "state.savepoints.dir": "s3://cheap/savepoints",
            JOB_MANAGER: "flink-s3-fs-presto-2.2.1.jar",
        },
    ).effective_configuration
    assert options["state.savepoints.dir"] == "s3://cheap/savepoints"
    assert "execution.checkpointing.savepoint-dir" not in options
    assert options[JOB_MANAGER] == "flink-s3-fs-presto-2.2.1.jar;flink-gs-fs-hadoop-2.2.1.jar"
    assert options[TASK_MANAGER] == "flink-gs-fs-hadoop-2.2.1.jar;flink-s3-fs-hadoop-2.2.1.jar"
    template = {
        "spec": {"containers": [{"name": "flink-main-container", "env": [{"name": "ENABLE_BUILT_IN_PLUGINS"}]}]}
    }
    assert planned(plugins=["s3-fs-presto"], pod_template=template).effective_configuration[TASK_MANAGER]
    own = planned(image="mine/flink:1", state_storage="s3://bucket/flink", plugins=[])
    assert TASK_MANAGER not in own.effective_configuration


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"state_storage": "bucket/flink"}, "state_storage is 'bucket/flink', but it must be the URL of a folder"),
        ({"state_storage": "file:///state"}, "state_storage is 'file:///state', but it must be on a volume"),
        ({"state_storage": "hdfs:///flink"}, "state_storage is 'hdfs:///flink', but it is at hdfs://, for which Flink"),
        ({"plugins": ["s3"]}, "plugins, s3 is no plugin that is switched on in Flink 2.2: use one of azure-fs-hadoop"),
        ({"plugins": ["s3-fs-native"]}, "remove it, or run Flink 2.3, the first to have it"),
        ({"plugins": ["metrics-prometheus"]}, "the image has it in plugins/, where it is on"),
        ({"service_account_annotations": {"a": "b"}, "service_account": "x"}, "annotate that account"),
        ({"service_account_annotations": {"a b": "c"}}, "service_account_annotations, a b must be a name"),
    ],
)
def test_what_is_wrong_with_state_plugins_and_identity(args: dict[str, Any], text: str) -> None:
    found = refused(**args)
    assert any(text in item for item in found), found


def test_a_shared_volume_holds_state_and_the_account_has_an_identity() -> None:
    template = {
        "spec": {
            "containers": [{"name": "flink-main-container", "volumeMounts": [{"name": "s", "mountPath": "/state"}]}],
            "volumes": [{"name": "s", "hostPath": {"path": "/state"}}],
        }
    }
    cluster = planned(
        state_storage="file:///state",
        pod_template=template,
        service_account_annotations={"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/flink"},
    )
    assert cluster.effective_configuration["execution.checkpointing.dir"] == "file:///state/default/demo/checkpoints"
    assert cluster.service_account
    annotations = cluster.service_account["metadata"]["annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/flink"}
    azure = planned(service_account_annotations={"azure.workload.identity/client-id": "id"})
    assert any("azure.workload.identity/use" in str(warning) for warning in azure.warnings)


def task_manager_template(cluster: SessionCluster) -> dict[str, Any]:
    text = cluster.further["pod-template"]["data"]["taskmanager-pod-template.yaml"]
    return dict(yaml.safe_load(text)["spec"])


@pytest.mark.parametrize("security", ["restricted", "none"])
@pytest.mark.parametrize("template", [None, {"spec": {"containers": [{"name": "sidecar", "image": "a:1"}]}}])
def test_priority_spread_and_metrics_reach_the_pods_of_both_roles(security: str, template: Any) -> None:
    role = {"priority_class": "high", "topology_spread": ["topology.kubernetes.io/zone"]}
    given = {} if template is None else {"pod_template": template}
    cluster = planned(
        pod_security=security, job_manager=role, task_manager={**role, "priority_class": "low"}, metrics={}, **given
    )
    for spec, priority, component in (
        (pod(cluster), "high", "jobmanager"),
        (task_manager_template(cluster), "low", "taskmanager"),
    ):
        assert spec["priorityClassName"] == priority
        (constraint,) = spec["topologySpreadConstraints"]
        assert constraint["topologyKey"] == "topology.kubernetes.io/zone"
        assert constraint["labelSelector"]["matchLabels"]["component"] == component
        main = next(item for item in spec["containers"] if item["name"] == "flink-main-container")
        assert [port for port in main["ports"] if port["name"] == "metrics"] == [
            {"name": "metrics", "containerPort": 9249}
        ]
        assert len(spec["containers"]) == (1 if template is None else 2)
    assert not [warning for warning in cluster.warnings if "template" in warning.key]


def test_what_is_wrong_with_a_template_of_both_roles_is_said_of_it_and_once() -> None:
    port = {"name": "a", "containerPort": 70000}
    template = {"spec": {"containers": [{"name": "flink-main-container", "ports": [port]}]}}
    (text,) = refused(pod_template=template, metrics={})
    assert text.startswith("pod_template, spec.containers[0].ports[0].containerPort is 70000")


def test_metrics_are_a_reporter_and_annotations_beside_the_users_own() -> None:
    options = planned(
        metrics={"port": 9250},
        configuration={
            "metrics.reporters": "jmx",
            "metrics.reporter.jmx.factory.class": "org.apache.flink.metrics.jmx.JMXReporterFactory",
            "kubernetes.jobmanager.annotations": {"team": "data"},
            "kubernetes.taskmanager.annotations": "team:data",
        },
    )
    effective = options.effective_configuration
    assert effective["metrics.reporters"] == "jmx,prom"
    assert effective["metrics.reporter.prom.port"] == 9250
    annotations = options.deployment["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == "9250"
    assert annotations["prometheus.io/scrape"] == "true"
    assert annotations["team"] == "data"
    assert "prometheus.io/scrape" in effective["kubernetes.taskmanager.annotations"]
    assert "team" in effective["kubernetes.taskmanager.annotations"]
    (text,) = refused(metrics={}, configuration={"metrics.reporter.prom.port": 1})
    assert "keep metrics and remove metrics.reporter.prom.port" in text
    assert "metrics.port" in refused(metrics={"port": 0})[0]


def test_a_pod_monitor_is_made_in_place_of_annotations() -> None:
    cluster = planned(metrics={"pod_monitor": True, "pod_monitor_labels": {"release": "prometheus"}})
    monitor = cluster.further["pod-monitor"]
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["spec"]["selector"]["matchLabels"] == {"app": "demo", "type": "flink-native-kubernetes"}
    assert monitor["spec"]["podMetricsEndpoints"][0]["port"] == "metrics"
    assert "prometheus.io" not in str(cluster.deployment)


def test_a_disruption_budget_is_for_several_jobmanagers_only() -> None:
    several = {
        "high-availability.type": "kubernetes",
        "high-availability.storageDir": "s3://bucket/ha",
        "kubernetes.jobmanager.replicas": 2,
    }
    args = {"image": "mine/flink:1", "configuration": several}
    budget = planned(**args).further["disruption-budget"]
    assert budget["spec"]["maxUnavailable"] == 1
    assert budget["spec"]["selector"]["matchLabels"]["component"] == "jobmanager"
    assert "disruption-budget" not in planned(**args, pod_disruption_budget=False).further
    assert "disruption-budget" not in planned().further


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        ({"priorityClassName": "other"}, "task_manager.priority_class"),
        ({"topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": 1}]}, "task_manager.topology_spread"),
        (
            {"containers": [{"name": "flink-main-container", "ports": [{"name": "metrics", "containerPort": 1}]}]},
            "metrics, metrics",
        ),
    ],
)
def test_a_template_that_says_otherwise_is_a_finding(spec: dict[str, Any], key: str) -> None:
    role = {"priority_class": "high", "topology_spread": ["zone"]}
    with pytest.raises(IllegalConfigurationError) as raised:
        planned(task_manager={**role, "pod_template": {"spec": spec}}, metrics={})
    assert key in {finding.key for finding in raised.value.findings}


def test_tls_is_a_certificate_without_a_secret_in_the_configuration() -> None:
    cluster = planned(tls={"certificate": "session-tls"}, pod_security="restricted", flink_version="1.20")
    main = pod(cluster)["containers"][0]
    (init,) = pod(cluster)["initContainers"]
    assert cluster.rest_endpoint == "https://demo-rest.default:8081"
    assert main["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"
    assert main["startupProbe"]["tcpSocket"] == {"port": 8081}
    for shared in ("image", "imagePullPolicy", "resources", "securityContext"):
        assert init[shared] == main[shared]
    told = main["args"][-1]
    assert "session -Dsecurity.ssl.rest.keystore-password=${FLINK_SESSION_TLS_PASSWORD} " in told
    assert "truststore" not in told
    assert "keytool" not in init["command"][-1]
    assert "password" not in str(cluster.config_map)
    assert "session-tls" not in str(cluster.further)
    effective = cluster.effective_configuration
    assert effective["security.ssl.rest.keystore"] == "/opt/flink/tls/keystore.p12"
    # The key is in no container but the one that makes the keystore.
    assert not [mount for mount in main["volumeMounts"] if mount["name"] == "flink-session-certificate"]


def test_a_client_that_shows_a_certificate_is_no_kubelet() -> None:
    secrets = {"A": "correct horse battery staple"}
    cluster = planned(tls={"certificate": "session-tls", "client_authentication": True}, secrets=secrets)
    main = pod(cluster)["containers"][0]
    assert main["readinessProbe"]["tcpSocket"] == {"port": 8081}
    assert "-Dsecurity.ssl.rest.truststore-password=" in main["args"][-1]
    assert {"A", "FLINK_SESSION_TLS_PASSWORD"} < {variable["name"] for variable in main["env"]}
    assert cluster.effective_configuration["security.ssl.rest.authentication-enabled"] is True


def test_what_contradicts_tls_is_a_finding() -> None:
    (text,) = refused(tls={})
    assert text.startswith("tls.certificate must be given")
    (text,) = refused(tls={"certificate": "Session TLS"})
    assert text.startswith("tls.certificate is 'Session TLS'")
    (text,) = refused(tls={"certificate": "a"}, configuration={"security.ssl.rest.keystore": "/mine"})
    assert text.endswith("keep tls and remove security.ssl.rest.keystore.")
    volume = {"volumes": [{"name": "flink-session-tls", "emptyDir": {}}]}
    (text,) = refused(tls={"certificate": "a"}, pod_template={"spec": volume})
    assert text.startswith("tls, flink-session-tls must not add")


HOST = {"host": "flink.example.org"}


def test_nobody_is_let_in_who_is_asked_nothing() -> None:
    for how in ({"type": "NodePort"}, {"type": "LoadBalancer", "unprotected": False}, {"type": "Ingress", **HOST}):
        (text,) = refused(expose=how)
        assert text.startswith("expose must not let everybody who reaches it run code")
        assert ("auth_proxy" in text) == (how["type"] == "Ingress")
        (text,) = refused(expose=how, tls={"certificate": "session-tls"})
        assert "set tls with client_authentication" in text
        planned(expose=how, tls={"certificate": "session-tls", "client_authentication": True})
        planned(expose={**how, "unprotected": True})
    planned(expose={"type": "Ingress", **HOST, "auth_proxy": True})
    # A proxy keeps nobody from a port that all of them reach.
    texts = refused(expose={"type": "NodePort", "auth_proxy": True})
    assert [text.partition(" ")[0] for text in texts] == ["expose", "expose.auth_proxy"]


def test_a_service_that_is_exposed_is_flinks_own_option() -> None:
    tls = {"certificate": "session-tls", "client_authentication": True}
    expose = {"type": "LoadBalancer", "annotations": {"example.org/internal": "true"}}
    cluster = planned(expose=expose, tls=tls)
    assert cluster.rest_service["spec"]["type"] == "LoadBalancer"
    assert cluster.rest_service["metadata"]["annotations"] == {"example.org/internal": "true"}
    assert cluster.rest_service_exposed_type == "LoadBalancer"
    assert not {"ingress", "http-route"} & cluster.further.keys()
    (text,) = refused(expose=expose, tls=tls, rest_service_exposed_type="NodePort")
    assert text.startswith("expose must not be there beside kubernetes.rest-service.exposed.type")
    (text,) = refused(expose={**expose, "path": "/flink"}, tls=tls)
    assert text.startswith("expose.path")


def test_an_ingress_takes_the_path_away_and_leads_to_the_slash() -> None:
    expose = {"type": "Ingress", **HOST, "ingress_class": "nginx", "auth_proxy": True, "certificate": "host-tls"}
    cluster = planned(expose=expose)
    ingress = cluster.further["ingress"]
    assert cluster.public_url == "https://flink.example.org/"
    assert "ingress-redirect" not in cluster.further
    assert "annotations" not in ingress["metadata"]
    assert ingress["spec"]["tls"] == [{"hosts": ["flink.example.org"], "secretName": "host-tls"}]
    cluster = planned(expose={**expose, "path": "/flink/a/"}, tls={"certificate": "session-tls"})
    assert cluster.public_url == "https://flink.example.org/flink/a/"
    annotations = [cluster.further[name]["metadata"]["annotations"] for name in ("ingress", "ingress-redirect")]
    prefix = "nginx.ingress.kubernetes.io/"
    assert annotations[0] == {
        f"{prefix}backend-protocol": "HTTPS",
        f"{prefix}use-regex": "true",
        f"{prefix}rewrite-target": "/$1",
    }
    assert annotations[1][f"{prefix}permanent-redirect"] == "/flink/a/"
    rules = [cluster.further[name]["spec"]["rules"][0] for name in ("ingress", "ingress-redirect")]
    assert [rule["http"]["paths"][0]["path"] for rule in rules] == ["/flink/a/(.*)", "/flink/a$"]
    (text,) = refused(expose={**expose, "ingress_class": "other", "path": "/flink"})
    assert text.startswith("expose.path is '/flink', but it must be taken away before Flink is asked")
    planned(expose={**expose, "ingress_class": "other", "path": "/flink", "annotations": {"other/rewrite": "/"}})


def test_a_route_of_a_gateway_takes_the_path_away_and_leads_to_the_slash() -> None:
    expose = {"type": "HTTPRoute", **HOST, "gateway": "gateways/public", "auth_proxy": True}
    spec = planned(expose=expose).further["http-route"]["spec"]
    assert spec["parentRefs"] == [{"name": "public", "namespace": "gateways"}]
    assert spec["rules"] == [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
            "backendRefs": [{"name": "demo-rest", "port": 8081}],
        }
    ]
    redirect, rewrite = planned(expose={**expose, "path": "/a"}).further["http-route"]["spec"]["rules"]
    assert redirect["matches"] == [{"path": {"type": "Exact", "value": "/a"}}]
    assert redirect["filters"][0]["requestRedirect"]["path"]["replaceFullPath"] == "/a/"
    assert rewrite["filters"][0]["urlRewrite"]["path"] == {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
    texts = refused(expose={"type": "HTTPRoute", "auth_proxy": True, "certificate": "x"})
    assert [text.partition(" ")[0] for text in texts] == ["expose.certificate", "expose.host", "expose.gateway"]


PROXY = {"podSelector": {"matchLabels": {"app": "proxy"}}}


def rules_of(cluster: SessionCluster, name: str, direction: str) -> list[tuple[Any, list[Any]]]:
    """Give the peers of each rule, in short, and its ports."""
    other = {"ingress": "from", "egress": "to"}[direction]
    found = []
    for rule in cluster.further[name]["spec"][direction]:
        peers = [
            peer.get("podSelector", {}).get("matchLabels", {}).get("component", "others")
            for peer in rule.get(other, ())
        ]
        found.append((peers, [port["port"] for port in rule.get("ports", ())]))
    return found


def test_pods_of_a_session_reach_each_other_and_nobody_else_does() -> None:
    cluster = planned(network_policy={})
    job_manager, task_manager = "jobmanager-policy", "taskmanager-policy"
    assert cluster.further[job_manager]["spec"]["podSelector"]["matchLabels"]["component"] == "jobmanager"
    assert cluster.further[task_manager]["spec"]["podSelector"]["matchLabels"]["component"] == "taskmanager"
    assert rules_of(cluster, job_manager, "ingress") == [(["taskmanager"], [6123, 6124])]
    # The ports of data are any.
    assert rules_of(cluster, task_manager, "ingress") == [(["others"], [])]
    assert cluster.further[task_manager]["spec"]["ingress"][0]["from"] == [
        {"podSelector": {"matchLabels": {"app": "demo", "type": "flink-native-kubernetes"}}}
    ]
    assert cluster.further[job_manager]["spec"]["policyTypes"] == ["Ingress"]
    assert "jobmanager-policy" not in planned().further


def test_peers_of_a_session_reach_rest_and_metrics_and_it_reaches_what_it_may() -> None:
    policy = {"clients": [PROXY], "scrapers": [PROXY], "destinations": [], "api_server": ["192.0.2.1/32"]}
    configuration = {"rest.port": 8082}
    cluster = planned(network_policy=policy, metrics={"port": 9250}, configuration=configuration)
    assert rules_of(cluster, "jobmanager-policy", "ingress")[1:] == [(["others"], [8082]), (["others"], [9250])]
    assert rules_of(cluster, "taskmanager-policy", "ingress")[1:] == [(["others"], [9250])]
    *_, api_server = cluster.further["jobmanager-policy"]["spec"]["egress"]
    assert api_server["to"] == [{"ipBlock": {"cidr": "192.0.2.1/32"}}]
    # Without high availability, a TaskManager asks nothing of the API server.
    assert rules_of(cluster, "taskmanager-policy", "egress") == [(["others"], []), ([], [53, 53])]
    ha = {"storage_dir": "hdfs:///ha", "replicas": 2}
    configuration = {"high-availability.jobmanager.port": 50010}
    more = {"high_availability": ha, "image": "own:1", "configuration": configuration}
    cluster = planned(network_policy=policy, metrics={}, **more)
    assert (["taskmanager"], [6123, 6124, 50010]) in rules_of(cluster, "jobmanager-policy", "ingress")
    assert (["jobmanager"], []) in rules_of(cluster, "jobmanager-policy", "ingress")
    assert rules_of(cluster, "taskmanager-policy", "egress")[-1] == (["others"], [443, 6443])


@pytest.mark.parametrize(
    ("args", "key"),
    [
        ({"network_policy": {"clients": [{"pods": {}}]}}, "network_policy.clients, item 0"),
        ({"network_policy": {"clients": [{}]}}, "network_policy.clients, item 0"),
        ({"network_policy": {"destinations": [{"ipBlock": {"cidr": "here"}}]}}, "network_policy.destinations, item 0"),
        ({"network_policy": {"destinations": [], "api_server": ["192.0.2.1"]}}, "network_policy.api_server, item 0"),
        ({"network_policy": {"api_server": ["192.0.2.1/32"]}}, "network_policy.api_server"),
        ({"network_policy": {"scrapers": [PROXY]}}, "network_policy.scrapers"),
        ({"network_policy": {}, "expose": {"type": "NodePort", "unprotected": True}}, "network_policy.clients"),
        ({"network_policy": {}, "configuration": {"kubernetes.hostnetwork.enabled": True}}, "network_policy"),
    ],
)
def test_what_is_wrong_with_a_network_policy_is_a_finding(args: dict[str, Any], key: str) -> None:
    (text,) = refused(**args)
    assert text.startswith((f"{key} ", f"{key}, "))


@pytest.mark.parametrize("series", ["1.20", "2.0", "2.1", "2.2", "2.3"])
def test_each_version_of_flink_has_the_options_of_tls(series: str) -> None:
    tls = Tls(certificate="session-tls", client_authentication=True)
    for key in (*tls.options(), *tls.passwords()):
        assert option_catalogue(series).lookup(key), key
