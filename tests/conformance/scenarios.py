"""The deployments of the golden files: each rule of Flink's client at least once, each of its refusals once."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.cases import Case

CLUSTER_ID = "my-session"

CONFIG_YAML = """\
jobmanager:
  bind-host: localhost
  rpc:
    address: localhost
    port: 6123
  memory:
    process:
      size: 1600m
taskmanager:
  bind-host: localhost
  host: localhost
  numberOfTaskSlots: 1
  memory:
    process:
      size: 1728m
parallelism:
  default: 1
rest:
  address: localhost
  bind-address: localhost
"""
"""What the distributions' own file sets, less what does not concern the deployment."""

LOG_FILES = {
    "log4j-console.properties": "rootLogger.level = INFO\n",
    "logback-console.xml": "<configuration/>\n",
}
CONF_DIR = {"config.yaml": CONFIG_YAML, **LOG_FILES}

_LOG_CONFIGURATION = (
    "logback.xml",
    "log4j.properties",
    "logback-console.xml",
    "log4j-console.properties",
    "logback-session.xml",
    "log4j-session.properties",
    "log4j-cli.properties",
)

POD_TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata:
  name: template
  namespace: elsewhere
  labels: {team: data, app: theirs}
  annotations: {one: template, two: template}
spec:
  serviceAccountName: template-account
  restartPolicy: OnFailure
  hostNetwork: true
  dnsPolicy: None
  priorityClassName: high
  nodeSelector: {disk: hdd, zone: a}
  tolerations:
  - {key: t0, operator: Exists}
  imagePullSecrets:
  - name: template-secret
  initContainers:
  - name: init
    image: busybox
  securityContext: {fsGroup: 9999}
  containers:
  - name: sidecar
    image: sidecar:1
  - name: flink-main-container
    image: template-image:1
    imagePullPolicy: Always
    command: [foo]
    args: [bar]
    workingDir: /w
    env:
    - {name: FLINK_LOG_DIR, value: /template}
    - {name: FOO, value: template}
    ports:
    - {name: rest, containerPort: 9999}
    - {name: metrics, containerPort: 9249}
    resources:
      requests: {cpu: "9", memory: 9Gi, ephemeral-storage: 2Gi}
      limits: {cpu: "9", memory: 9Gi, ephemeral-storage: 3Gi}
    volumeMounts:
    - {name: flink-logs, mountPath: /opt/flink/log}
    livenessProbe: {httpGet: {path: /, port: 8081}}
  volumes:
  - name: flink-logs
    emptyDir: {}
  - name: flink-config-volume
    emptyDir: {}
"""

SMALL_POD_TEMPLATE = """\
spec:
  containers:
  - name: sidecar
    image: sidecar:1
"""

_TEMPLATES = {
    "two-main-containers": """\
apiVersion: v1
kind: Pod
spec:
  containers:
  - {name: flink-main-container, image: first}
  - {name: flink-main-container, image: second}
""",
    "a-deployment": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 3
  template: {}
""",
    "unknown-fields": """\
apiVersion: v1
kind: Pod
spec:
  noSuchField: {a: 1}
  containers:
  - name: flink-main-container
    noSuchField: true
""",
    "no-spec": "apiVersion: v1\nkind: Pod\n",
    "no-kind": "spec: {}\n",
    "accounts": "spec: {serviceAccount: a, serviceAccountName: b}\n",
    "dns-policy": "spec: {dnsPolicy: Default}\n",
    "blank-dns-policy": "spec: {dnsPolicy: ''}\n",
    "json": '{"apiVersion": "v1", "kind": "Pod", "spec": {"priority": 3}}\n',
    "quantities": """\
apiVersion: v1
kind: Pod
spec:
  containers:
  - name: flink-main-container
    resources:
      limits: {nvidia.com/gpu: 1, ephemeral-storage: 1.5Gi}
""",
    "empty": "",
    "two-documents": "spec: {}\n---\nspec: {}\n",
    "a-list": "- a\n",
    "not-yaml": "a: [\n",
    "wrong-types": "spec: {containers: 3}\n",
    "empty-lists": "spec: {containers: [], volumes: [], tolerations: [], nodeSelector: {}}\n",
    "nulls": "metadata:\nspec:\n  containers:\n  volumes:\n  nodeSelector:\n",
    "full-volumes": """\
spec:
  securityContext: {runAsUser: 9999, supplementalGroups: [1, 2]}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{key: zone, operator: In, values: [a, b]}]
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}
  terminationGracePeriodSeconds: 90
  volumes:
  - {name: data, persistentVolumeClaim: {claimName: data}}
  - {name: cm, configMap: {name: cm, defaultMode: 420, optional: true}}
  - {name: s, secret: {secretName: s}}
  - name: p
    projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 600}}]}
""",
}

_HADOOP = {
    "/inputs/hadoop/core-site.xml": "<configuration/>\n",
    "/inputs/hadoop/hdfs-site.xml": "<configuration><!-- hdfs --></configuration>\n",
    "/inputs/hadoop/yarn-site.xml": "<configuration/>\n",
}
_KERBEROS_FILES = {"/inputs/my.keytab": "keytab", "/inputs/krb5.conf": "[libdefaults]\n"}

_HA = {"high-availability.type": "kubernetes", "high-availability.storageDir": "s3://bucket/ha"}


def scenarios() -> Iterator[tuple[str, Case]]:
    """Yield every scenario by its name."""
    for group in (_plain, _services, _resources, _metadata, _secrets, _networking, _high_availability, _values):
        for name, properties in group().items():
            yield name, _case(properties)
    yield from _templates()
    yield from _hadoop_and_kerberos()
    yield from _configuration_files()
    for name, properties in _refusals().items():
        yield f"err-{name}", _case(properties)


def _case(properties: dict[str, str], **parts: dict[str, str]) -> Case:
    return Case({"kubernetes.cluster-id": CLUSTER_ID, **properties}, parts.pop("conf_dir", CONF_DIR), **parts)


def _plain() -> dict[str, dict[str, str]]:
    return {
        "default": {},
        "namespace": {"kubernetes.namespace": "flink"},
        "dyn": {
            "foo": "a=b",
            "bare": "true",
            "empty": "",
            "sp": "a b",
            "kubernetes.jobmanager.cpu.amount": "0.1",
            "kubernetes.jobmanager.cpu.limit-factor": "3",
            "kubernetes.jobmanager.memory.limit-factor": "1.0007",
        },
        "image": {
            "kubernetes.container.image.ref": "example/flink:1",
            "kubernetes.container.image.pull-policy": "ALWAYS",
            "kubernetes.container.image.pull-secrets": "one; two ;;three",
        },
        "depr-image": {
            "kubernetes.container.image": "example/flink:1",
            "kubernetes.container.image.pull-policy": "Never",
        },
        "cluster-id-of-45-characters": {"kubernetes.cluster-id": "a" * 45},
        "cluster-id-that-kubernetes-refuses": {"kubernetes.cluster-id": "My_Session"},
        "entry": {
            "kubernetes.entry.path": "/entry.sh",
            "kubernetes.jobmanager.entrypoint.args": "--debug 'a b'",
            "kubernetes.taskmanager.entrypoint.args": "--tm",
        },
        "directories": {
            "kubernetes.flink.conf.dir": "/conf",
            "kubernetes.flink.log.dir": "/log",
            "user.artifacts.base-dir": "/artifacts",
        },
        "other-target": {"execution.target": "kubernetes-application", "execution.attached": "true"},
        "client-settings": {
            "kubernetes.context": "somewhere",
            "kubernetes.client.user-agent": "me",
            "kubernetes.client.io-pool.size": "2",
        },
    }


def _services() -> dict[str, dict[str, str]]:
    exposed = "kubernetes.rest-service.exposed.type"
    return {
        "nodeport": {exposed: "nodeport"},
        "loadbalancer": {exposed: "LoadBalancer", "kubernetes.rest-service.annotations": "{a/b: 'c:d'}"},
        "headless": {exposed: "Headless_ClusterIP"},
        "service-metadata": {
            "kubernetes.rest-service.annotations": "a:1,b:2",
            "kubernetes.rest-service.labels": "{team: x, app: other}",
            "kubernetes.internal-service.annotations": "a:1",
            "kubernetes.internal-service.labels": "type:mine",
        },
    }


def _resources() -> dict[str, dict[str, str]]:
    cpu, factor = "kubernetes.jobmanager.cpu.amount", "kubernetes.jobmanager.cpu.limit-factor"
    return {
        "cpu-half": {cpu: "0.5", factor: "2.5"},
        "cpu-small": {cpu: "0.0001", factor: "7"},
        "cpu-large": {cpu: "12345678", factor: "1.1"},
        "cpu-zero": {cpu: "0"},
        "cpu-not-finite": {cpu: "NaN", factor: "Infinity"},
        "depr-cpu": {"kubernetes.jobmanager.cpu": "2", factor: "2"},
        "memory-factor": {"kubernetes.jobmanager.memory.limit-factor": "1.9999"},
        "memory-heap": {"jobmanager.memory.heap.size": "1g"},
        "memory-flink": {"jobmanager.memory.flink.size": "1g"},
        "memory-odd": {"jobmanager.memory.process.size": "1677721599b"},
        "task-manager": {
            "kubernetes.taskmanager.cpu.amount": "2",
            "taskmanager.numberOfTaskSlots": "4",
            "taskmanager.memory.process.size": "4 gb",
            "kubernetes.taskmanager.labels": "a:b",
            "kubernetes.taskmanager.tolerations": "key:k,operator:Exists",
            "external-resource.gpu.kubernetes.config-key": "nvidia.com/gpu",
        },
    }


def _metadata() -> dict[str, dict[str, str]]:
    return {
        "metadata": {
            "kubernetes.jobmanager.labels": "team:data,app:other,component:other",
            "kubernetes.jobmanager.annotations": "{one: '1', two: 'a: b'}",
            "kubernetes.jobmanager.node-selector": "zone:a,disk:'ssd:fast'",
        },
        "metadata-by-prefix": {
            "kubernetes.jobmanager.labels.team": "data",
            "kubernetes.jobmanager.annotations.a.b": "c",
        },
        "metadata-quoted": {"kubernetes.jobmanager.annotations": "url:'http://x',text:'it''s \"so\"; isn''t it'"},
        "metadata-doubly-quoted": {"kubernetes.jobmanager.annotations": 'text:"it\'s, so"'},
        "metadata-empty": {"kubernetes.jobmanager.labels": "", "kubernetes.jobmanager.annotations": "{}"},
        "tolerations": {
            "kubernetes.jobmanager.tolerations": (
                "key:a,operator:Equal,value:1,effect:NoSchedule;"
                "Key:b,OPERATOR:Exists,effect:NoExecute,tolerationSeconds:6000;nonsense:x"
            )
        },
        "tolerations-yaml": {"kubernetes.jobmanager.tolerations": "[{key: a, operator: Exists, tolerationSeconds: 5}]"},
        "owner-references": {
            "kubernetes.jobmanager.owner.reference": (
                "apiVersion:v1,kind:Pod,name:p,uid:u,controller:true,blockOwnerDeletion:TRUE;name:q,other:x"
            )
        },
        "owner-reference-boolean": {"kubernetes.jobmanager.owner.reference": "name:a,controller:maybe"},
        "service-account": {"kubernetes.service-account": "both"},
        "service-accounts": {
            "kubernetes.service-account": "both",
            "kubernetes.jobmanager.service-account": "jm",
            "kubernetes.taskmanager.service-account": "tm",
        },
    }


def _secrets() -> dict[str, dict[str, str]]:
    return {
        "secrets": {"kubernetes.secrets": "one:/opt/one,two:/opt/two,a.b:/opt/dotted"},
        "env": {
            "containerized.master.env.B": "b",
            "containerized.master.env.A": "",
            "containerized.master.env.C.D": "x",
        },
        "env-from-secrets": {
            "kubernetes.env.secretKeyRef": "env:USER,secret:s,key:user;env:PASSWORD,secret:s,key:password"
        },
        "env-from-secrets-incomplete": {"kubernetes.env.secretKeyRef": "env:USER,secret:s;Env:X,Secret:y,Key:z"},
        "volume-claims": {"kubernetes.persistent-volume-claims": "data:/opt/data,a.b:/opt/dotted"},
        "volume-claims-read-only": {
            "kubernetes.persistent-volume-claims": "data:/opt/data",
            "kubernetes.persistent-volume-claim-read-only": "true",
        },
    }


def _networking() -> dict[str, dict[str, str]]:
    return {
        "hostnetwork": {"kubernetes.hostnetwork.enabled": "true"},
        "ports": {
            "rest.port": "9081",
            "rest.bind-port": "9082",
            "jobmanager.rpc.port": "9123",
            "blob.server.port": "9124",
            "taskmanager.rpc.port": "9122",
        },
        "restport-only": {"rest.port": "9091"},
        "restport0": {"rest.port": "0"},
        "restport0-with-bind-port": {"rest.port": "0", "rest.bind-port": "8081"},
        "web-port": {"web.port": "9091"},
        "jobmanager-web-port": {"jobmanager.web.port": "9091"},
        "bind-port-0": {"rest.bind-port": "0"},
        "ports-with-signs": {"rest.port": "+8081", "blob.server.port": "+0", "taskmanager.rpc.port": "-0"},
        "rpcport0": {"jobmanager.rpc.port": "0"},
        "rpc-address": {"jobmanager.rpc.address": "mine"},
        "bind-hosts": {"web.address": "0.0.0.0", "jobmanager.bind-host": "0.0.0.0", "taskmanager.host": "h"},
    }


def _high_availability() -> dict[str, dict[str, str]]:
    return {
        "ha": {**_HA, "kubernetes.jobmanager.replicas": "2"},
        "ha-zookeeper": {"high-availability.type": "ZOOKEEPER"},
        "ha-factory": {"high-availability.type": "org.example.Factory"},
        "ha-typo": {"high-availability.type": "kubernets"},
        "ha-standalone": {"high-availability.type": "standalone"},
        "ha-cluster-id": {**_HA, "high-availability.cluster-id": "mine", "high-availability.jobmanager.port": "6200"},
        "ha-rpc-port": {**_HA, "jobmanager.rpc.port": "7123", "jobmanager.rpc.address": "mine"},
        "ha-former-key": {"recovery.mode": "kubernetes"},
        "ha-former-key-collides": {"high-availability": "kubernetes", "high-availability.storageDir": "s3://b"},
        "ha-namespace-blank": {**_HA, "kubernetes.namespace": " "},
        "ha-hostnetwork": {**_HA, "kubernetes.hostnetwork.enabled": "true"},
    }


def _values() -> dict[str, dict[str, str]]:
    odd = {
        "u.01": "yes",
        "u.02": "010",
        "u.03": "1_000",
        "u.04": "2020-01-01",
        "u.05": "12:30:45",
        "u.06": "1.0",
        "u.07": "1e3",
        "u.08": "~",
        "u.09": "null",
        "u.10": "TRUE",
        "u.11": "0x1F",
        "u.12": "0o17",
        "u.13": ".inf",
        "u.14": ".NaN",
        "u.15": "NaN",
        "u.16": "${HOME}",
        "u.17": "${A:-b}",
        "u.18": " leading",
        "u.19": "trailing ",
        "u.20": "a: b",
        "u.21": "a #b",
        "u.22": "#b",
        "u.23": "it's",
        "u.24": '"quoted"',
        "u.25": "- a",
        "u.26": "-",
        "u.27": "? a",
        "u.28": "[a, b]",
        "u.29": "{a: b}",
        "u.30": "*a",
        "u.31": "&a",
        "u.32": "!a",
        "u.33": "%a",
        "u.34": "@a",
        "u.35": "`a`",
        "u.36": "a:",
        "u.37": "---",
        "u.38": "tab\there",
        "u.39": "two\nlines",
        "u.40": "ends\n",
        "u.41": "grüße 漢字 😀",
        "u.42": "back\\slash",
        "u.43": "<<",
        "u.44": "=",
        "u.45": "|",
        "u.46": ">",
        "u.47": "a" * 300,
        "u.48": "+1",
        "u.49": "-1",
        "u.50": "99999999999999999999",
    }
    return {
        "values": odd,
        "keys": {"UPPER.Case": "1", "with space.x": "2", "dash-ed": "3", "under_score": "4", "1.2": "5", "true": "6"},
        "keys-with-empty-parts": {"a..b": "1", ".c": "2"},
        "collision-user-key": {"user.key": "a", "user.key.more": "b"},
        "collision-env-java-opts": {"env.java.opts": "-Da=b", "env.java.opts.jobmanager": "-Dc=d"},
    }


def _templates() -> Iterator[tuple[str, Case]]:
    file = "/inputs/template.yaml"
    default, job_manager = "kubernetes.pod-template-file.default", "kubernetes.pod-template-file.jobmanager"
    task_manager, former = "kubernetes.pod-template-file.taskmanager", "kubernetes.pod-template-file"
    whole = {file: POD_TEMPLATE, "/inputs/small.yaml": SMALL_POD_TEMPLATE}
    yield "template", _case({default: file}, files=whole)
    yield "template-of-jobmanager", _case({job_manager: file}, files=whole)
    yield "template-of-taskmanager", _case({task_manager: file}, files=whole)
    yield "template-former-key", _case({former: file}, files=whole)
    yield "template-former-key-beats-default", _case({former: file, default: "/inputs/small.yaml"}, files=whole)
    yield "template-of-each", _case({job_manager: file, task_manager: "/inputs/small.yaml"}, files=whole)
    over = {
        "kubernetes.container.image.ref": "mine",
        "kubernetes.container.image.pull-policy": "IfNotPresent",
        "kubernetes.container.image.pull-secrets": "mine",
        "kubernetes.service-account": "mine",
        "kubernetes.jobmanager.labels": "team:mine",
        "kubernetes.jobmanager.annotations": "one:mine",
        "kubernetes.jobmanager.node-selector": "zone:mine",
        "kubernetes.jobmanager.tolerations": "key:mine",
        "kubernetes.flink.log.dir": "/mine",
        "containerized.master.env.FOO": "mine",
        "kubernetes.secrets": "s:/s",
        "kubernetes.hadoop.conf.config-map.name": "hadoop",
        "kubernetes.hostnetwork.enabled": "true",
    }
    yield "template-over", _case({default: file, **over}, files=whole)
    for name, text in _TEMPLATES.items():
        yield f"template-{name}", _case({job_manager: file}, files={file: text})
    yield "err-template-missing", _case({job_manager: "/inputs/none.yaml"})
    yield "err-taskmanager-template-missing", _case({task_manager: "/inputs/none.yaml"})
    yield "taskmanager-template-is-not-read", _case({task_manager: file}, files={file: "a: [\n"})


def _hadoop_and_kerberos() -> Iterator[tuple[str, Case]]:
    yield "hadoop-cm", _case({"kubernetes.hadoop.conf.config-map.name": "mine"})
    yield "hadoop-cm-blank", _case({"kubernetes.hadoop.conf.config-map.name": " "})
    yield "hadoop-env", _case({}, files=_HADOOP, environment={"HADOOP_CONF_DIR": "/inputs/hadoop"})
    home = {path.replace("/hadoop/", "/home/etc/hadoop/"): text for path, text in _HADOOP.items()}
    yield "hadoop-home", _case({}, files=home, environment={"HADOOP_HOME": "/inputs/home"})
    old_home = {path.replace("/hadoop/", "/home/conf/"): text for path, text in _HADOOP.items()}
    yield "hadoop-home-conf", _case({}, files=old_home, environment={"HADOOP_HOME": "/inputs/home"})
    yield "hadoop-none", _case({}, environment={"HADOOP_CONF_DIR": "/inputs/none"})
    only = {path: text for path, text in _HADOOP.items() if "yarn" in path}
    yield "hadoop-nothing-of-use", _case({}, files=only, environment={"HADOOP_CONF_DIR": "/inputs/hadoop"})
    yield (
        "hadoop-off",
        _case(
            {"kubernetes.decorator.hadoop-conf-mount.enabled": "false"},
            files=_HADOOP,
            environment={"HADOOP_CONF_DIR": "/inputs/hadoop"},
        ),
    )
    login = {"security.kerberos.login.keytab": "/inputs/my.keytab", "security.kerberos.login.principal": "me"}
    krb5 = {"security.kerberos.krb5-conf.path": "/inputs/krb5.conf"}
    yield "kerberos", _case({**login, **krb5}, files=_KERBEROS_FILES)
    yield "kerberos-keytab", _case(login, files=_KERBEROS_FILES)
    yield "kerberos-krb5", _case(krb5, files=_KERBEROS_FILES)
    former = {"security.keytab": "/inputs/my.keytab", "security.principal": "me"}
    yield "kerberos-former-keys", _case(former, files=_KERBEROS_FILES)
    off = {"kubernetes.decorator.kerberos-mount.enabled": "false"}
    yield "kerberos-off", _case({**login, **krb5, **off}, files=_KERBEROS_FILES)
    yield (
        "err-kerberos-no-principal",
        _case({"security.kerberos.login.keytab": "/inputs/my.keytab"}, files=_KERBEROS_FILES),
    )
    yield "err-kerberos-no-keytab", _case({"security.kerberos.login.principal": "me"})
    yield "err-kerberos-no-such-keytab", _case({**login, "security.kerberos.login.keytab": "/inputs/none"})
    yield "kerberos-no-such-krb5", _case({"security.kerberos.krb5-conf.path": "/inputs/none"})


def _configuration_files() -> Iterator[tuple[str, Case]]:
    every = {name: f"# {name}\n" for name in (*_LOG_CONFIGURATION, "masters", "workers", "zoo.cfg", "log4j2.yaml")}
    yield "log-files-all", _case({}, conf_dir={"config.yaml": CONFIG_YAML, **every})
    yield "log-files-none", _case({}, conf_dir={"config.yaml": CONFIG_YAML})
    flat = "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n"
    yield "config-flat", _case({}, conf_dir={"config.yaml": flat})
    legacy = (
        f"{flat}# a comment\nwithout.colon\nspaces:   a b  # comment\n"
        "url: http://x:1/#y\nlist: [a, b]\nrest.port: 8082\n"
    )
    yield "flink-conf", _case({}, conf_dir={"flink-conf.yaml": legacy, **LOG_FILES})
    yield "flink-conf-beside-config", _case({}, conf_dir={"flink-conf.yaml": legacy, "config.yaml": flat})
    typed = (
        f"{flat}"
        "t: {int: 1, octal: 010, big: 12345678901234567890, float: 1.50, exp: 1e3, bool: True, yes: yes, text: '1',\n"
        "  list: [a, 1, 'b c'], maps: [{a: 1}, {b: '2'}], date: 2020-01-01, empty: '', tilde: '~'}\n"
        "multi: |\n  one\n  two\n"
        "kubernetes.jobmanager.labels: {a: b, c: 1}\n"
        "kubernetes.jobmanager.tolerations: [{key: a, operator: Exists}]\n"
        "kubernetes.container.image.pull-secrets: [one, two]\n"
    )
    yield "config-typed", _case({}, conf_dir={"config.yaml": typed})
    for name, text in {
        "missing": None,
        "empty": "",
        "null-value": f"{flat}a:\n",
        "duplicate-key": f"{flat}a: 1\na: 2\n",
        "number-key": f"{flat}1: 2\n",
        "a-list": "- a\n",
        "not-yaml": "a: [\n",
    }.items():
        yield f"err-config-{name}", _case({}, conf_dir={} if text is None else {"config.yaml": text})


def _refusals() -> dict[str, dict[str, str]]:
    single = {
        "replicas0": ("kubernetes.jobmanager.replicas", "0"),
        "replicas2": ("kubernetes.jobmanager.replicas", "2"),
        "replicas-text": ("kubernetes.jobmanager.replicas", "two"),
        "image": ("kubernetes.container.image.ref", " "),
        "namespace": ("kubernetes.namespace", " "),
        "cluster-id-blank": ("kubernetes.cluster-id", " "),
        "cluster-id-long": ("kubernetes.cluster-id", "a" * 46),
        "cpu-factor": ("kubernetes.jobmanager.cpu.limit-factor", "0.5"),
        "memory-factor": ("kubernetes.jobmanager.memory.limit-factor", "0.99"),
        "cpu-text": ("kubernetes.jobmanager.cpu.amount", "much"),
        "pull-policy": ("kubernetes.container.image.pull-policy", "Sometimes"),
        "exposed-type": ("kubernetes.rest-service.exposed.type", "Ingress"),
        "address-type": ("kubernetes.rest-service.exposed.node-port-address-type", "Other"),
        "hostnetwork": ("kubernetes.hostnetwork.enabled", "yes"),
        "labels": ("kubernetes.jobmanager.labels", "a:b:c"),
        "annotations": ("kubernetes.jobmanager.annotations", "a:b,a:c"),
        "node-selector": ("kubernetes.jobmanager.node-selector", "'a"),
        "tolerations": ("kubernetes.jobmanager.tolerations", "a"),
        "toleration-seconds": ("kubernetes.jobmanager.tolerations", "key:a,tolerationSeconds:x"),
        "owner-reference": ("kubernetes.jobmanager.owner.reference", "kind"),
        "secrets": ("kubernetes.secrets", "a"),
        "env-secrets": ("kubernetes.env.secretKeyRef", "a"),
        "rest-port": ("rest.port", "x"),
        "bind-port-range": ("rest.bind-port", "8081-8090"),
        "bind-port-list": ("rest.bind-port", "8081,8082"),
        "blob-range": ("blob.server.port", "100-200"),
        "blob-negative": ("blob.server.port", "-5"),
        "rpc-port": ("jobmanager.rpc.port", "x"),
        "taskmanager-rpc-port": ("taskmanager.rpc.port", "6122-6130"),
        "slots-text": ("taskmanager.numberOfTaskSlots", "x"),
        "slots-0": ("taskmanager.numberOfTaskSlots", "0"),
        "taskmanager-cpu": ("taskmanager.cpu.cores", "0"),
        "memory-small": ("jobmanager.memory.process.size", "500m"),
        "memory-without-unit": ("jobmanager.memory.process.size", "1600"),
        "memory-unit": ("jobmanager.memory.process.size", "1600Mi"),
        "memory-decimal": ("jobmanager.memory.process.size", "1.5g"),
        "taskmanager-memory": ("taskmanager.memory.process.size", "768m"),
        "fraction": ("taskmanager.memory.managed.fraction", "1.5"),
        "hadoop-switch": ("kubernetes.decorator.hadoop-conf-mount.enabled", "maybe"),
        "volume-claim-relative": ("kubernetes.persistent-volume-claims", "data:opt"),
        "volume-claim-name": ("kubernetes.persistent-volume-claims", "Data:/opt"),
        "volume-claims-same-path": ("kubernetes.persistent-volume-claims", "a:/opt,b:/opt"),
        "volume-claims-same-volume": ("kubernetes.persistent-volume-claims", "a.b:/one,a-b:/two"),
    }
    refusals = {name: {key: value} for name, (key, value) in single.items()}
    refusals["ha-port"] = {**_HA, "high-availability.jobmanager.port": "6123-6200"}
    refusals["several"] = {
        "kubernetes.jobmanager.replicas": "0",
        "rest.bind-port": "1-2",
        "kubernetes.jobmanager.cpu.limit-factor": "0",
    }
    return refusals
