"""``flink-session manifests``: Flink's own objects on standard output, and nothing else there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from flink_session.cli.main import main
from flink_session.configuration import load_config_yaml
from tests.unit.core.golden import GOLDEN, comparable, recording

ID = "-Dkubernetes.cluster-id=demo"


def manifests(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["manifests", *arguments])


def objects(*arguments: str) -> list[dict[str, Any]]:
    result = manifests(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def names(found: list[dict[str, Any]]) -> list[str]:
    return [f"{item['kind']} {item['metadata']['name']}" for item in found]


@pytest.mark.parametrize("name", ["default", "dyn", "ha", "hadoop-env", "template", "headless"])
def test_prints_what_flinks_client_created(name: str) -> None:
    recorded = recording(name)
    inputs = str(GOLDEN / "inputs")
    arguments = [argument.replace("/inputs", inputs) for argument in recorded.arguments]
    if recorded.environment:
        arguments += ["--hadoop-conf-dir", f"{inputs}/hadoop"]
    found = objects("--conf-dir", f"{inputs}/conf", "--flink-version", "2.2.0", *arguments)
    created = json.loads(json.dumps(recorded.created).replace("/inputs", inputs))
    assert [comparable(item) for item in found] == created


def test_both_forms_hold_the_same() -> None:
    text = manifests(ID, "-Dempty=", "-Dflag", "-Dtext=yes", "-Dnumber=1.0").stdout
    assert list(yaml.safe_load_all(text)) == objects(ID, "-Dempty=", "-Dflag", "-Dtext=yes", "-Dnumber=1.0")
    (config_map,) = (item for item in yaml.safe_load_all(text) if item["kind"] == "ConfigMap")
    values = load_config_yaml(config_map["data"]["config.yaml"]).values
    assert (values["empty"], values["flag"], values["text"], values["number"]) == ("", "true", "yes", "1.0")
    assert "config.yaml: |\n" in text


def test_without_a_folder_the_distribution_is_taken() -> None:
    found = objects(ID)
    assert names(found) == ["Deployment demo", "Service demo", "Service demo-rest", "ConfigMap flink-config-demo"]
    assert "ownerReferences" not in json.dumps(found)
    assert "flink-session" not in json.dumps(found[:3])


def test_where_flink_refuses_nothing_is_printed() -> None:
    result = manifests(ID, "-Drest.bind-port=1-2", "-Dkubernetes.jobmanager.replicas=0")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("error: ") == 2
    assert "rest.bind-port is '1-2', but it must be one fixed port" in result.stderr


def test_a_refusal_comes_with_all_else_that_is_wrong() -> None:
    wrong = ("-Dkubernetes.cluster-id=My_Id", "-Dkubernetes.jobmanager.replcas=2", "-Drest.bind-port=x")
    result = manifests(*wrong, "-Dhigh-availability=kubernetes", "-Dhigh-availability.storageDir=s3://b")
    assert (result.exit_code, result.stdout) == (1, "")
    said = [line.split(" ")[1] for line in result.stderr.splitlines()]
    assert said[0] == "rest.bind-port"
    assert {"high-availability", "kubernetes.cluster-id", "kubernetes.jobmanager.replcas"} <= set(said)
    assert "write kubernetes.jobmanager.replicas" in result.stderr


def test_what_only_we_object_to_stops_nothing_unless_strict() -> None:
    hazard = "-Dhigh-availability.type=kubernetes"
    result = manifests(ID, hazard)
    assert result.exit_code == 0
    assert list(yaml.safe_load_all(result.stdout))
    assert "error: high-availability.storageDir must be set" in result.stderr
    strict = manifests(ID, hazard, "--strict")
    assert (strict.exit_code, strict.stdout) == (1, "")
    assert manifests(ID, "--strict").exit_code == 0


@pytest.mark.parametrize("role", ["jobmanager", "taskmanager"])
def test_a_pod_that_would_be_refused_stops_nothing_unless_strict(tmp_path: Path, role: str) -> None:
    template = tmp_path / "pod.yaml"
    template.write_text(
        "spec: {containers: [{name: side, image: b, volumeMounts: [{name: nothere, mountPath: /x}]}]}\n"
    )
    option = f"kubernetes.pod-template-file.{role}"
    result = manifests(ID, f"-D{option}={template}")
    assert result.exit_code == 0
    assert list(yaml.safe_load_all(result.stdout))
    assert result.stderr == (
        f"error: {option}, spec.containers[0].volumeMounts[0].name is 'nothere', but it must name a volume of the pod:"
        " add the volume, or correct the name.\n"
    )
    strict = manifests(ID, f"-D{option}={template}", "--strict")
    assert (strict.exit_code, strict.stdout, strict.stderr) == (1, "", result.stderr)


def test_warnings_do_not_count_as_errors() -> None:
    result = manifests(ID, "-Dtaskmanager.host=x", "--strict")
    assert result.exit_code == 0
    assert "warning: taskmanager.host has no effect" in result.stderr


def test_a_cluster_id_is_made_up_where_flink_makes_one_up() -> None:
    first, second = (manifests("--format", "json") for _ in range(2))
    ids = [json.loads(result.stdout)[0]["metadata"]["name"] for result in (first, second)]
    assert ids[0] != ids[1]
    assert all(name.startswith("flink-cluster-") and len(name) == 45 for name in ids)
    assert "warning: kubernetes.cluster-id is not set" in first.stderr


def test_the_version_decides(tmp_path: Path) -> None:
    claim = "-Dkubernetes.persistent-volume-claims=data:/data"
    assert "persistentVolumeClaim" in json.dumps(objects(ID, claim, "--flink-version", "2.3"))
    assert "persistentVolumeClaim" not in json.dumps(objects(ID, claim))
    period = "-Dsecurity.kerberos.relogin.period=PT5S"
    assert manifests(ID, period, "--flink-version", "2.1").exit_code == 0
    assert "security.kerberos.relogin.period is 'PT5S'" in manifests(ID, period, "--flink-version", "2.0").stderr
    (tmp_path / "flink-conf.yaml").write_text(
        "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 2g\n"
    )
    old = objects(ID, "--conf-dir", str(tmp_path), "--flink-version", "1.20")
    assert list(old[-1]["data"]) == ["flink-conf.yaml"]
    result = manifests(ID, "--conf-dir", str(tmp_path))
    assert result.exit_code == 1
    assert "config.yaml must be there: write one; Flink 2.2 reads no flink-conf.yaml" in result.stderr
    assert "--flink-version is '3.0'" in manifests(ID, "--flink-version", "3.0").stderr


def test_a_pod_template_is_read_where_it_is_named(tmp_path: Path) -> None:
    template = tmp_path / "pod.yaml"
    template.write_text("spec: {containers: [{name: sidecar, image: 'sidecar:1'}]}\n")
    found = objects(ID, "--pod-template", str(template))
    assert [c["name"] for c in found[0]["spec"]["template"]["spec"]["containers"]] == [
        "sidecar",
        "flink-main-container",
    ]
    assert found[-1]["data"] == {"taskmanager-pod-template.yaml": template.read_text()}
    result = manifests(ID, "--pod-template", str(tmp_path / "none.yaml"))
    assert result.exit_code == 1
    assert "kubernetes.pod-template-file.default is" in result.stderr
    assert "must be a file that can be read" in result.stderr


def test_files_that_flink_passes_over_and_values_that_it_changes(tmp_path: Path) -> None:
    result = manifests(ID, "-Dsecurity.kerberos.krb5-conf.path=/none")
    assert result.exit_code == 0
    assert "error: security.kerberos.krb5-conf.path is '/none', but it must be a file" in result.stderr
    sizes = "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 2g\n"
    (tmp_path / "flink-conf.yaml").write_text(sizes)
    folder = ("--conf-dir", str(tmp_path), "--flink-version", "1.20")
    result = manifests(ID, *folder, "-Duser.key=a#b")
    assert "error: user.key is 'a#b', but it would not be the same" in result.stderr
    assert "be the same" not in manifests(ID, *folder, "-Duser.key=a b").stderr
    lost = manifests(ID, *folder, "-Duser.key=")
    assert lost.exit_code == 1
    assert "user.key is '', but it must not be blank" in lost.stderr
    assert "flink-conf.yaml cannot hold it" in lost.stderr


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    before = objects(ID)
    monkeypatch.setenv("HADOOP_CONF_DIR", str(GOLDEN / "inputs" / "hadoop"))
    monkeypatch.setenv("FLINK_CONF_DIR", str(GOLDEN / "inputs" / "conf"))
    assert objects(ID) == before
    assert "ConfigMap hadoop-config-demo" in names(objects(ID, "--hadoop-conf-dir", str(GOLDEN / "inputs" / "hadoop")))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: flink-session\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    return tmp_path


def test_a_stack_is_printed_with_our_additions(project: Path) -> None:
    (project / "stacks" / "Pulumi.dev.yaml").write_text(
        "config:\n  flink-session:cluster_id: demo\n  flink-session:job_manager: {memory: 2Gi}\n"
    )
    found = objects("--stack", "dev", "--cwd", str(project))
    assert names(found)[0] == "Deployment demo"
    assert "Role flink-session-demo" in names(found)
    assert found[0]["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["memory"] == "2048Mi"


@pytest.mark.parametrize(
    ("configuration", "arguments", "message"),
    [
        ("flink-session:cluster_di: demo", (), "cluster_di is not an argument"),
        ("flink-session:cluster_id: {secure: v1:abc}", (), "flink-session:cluster_id must not be a secret"),
        ("flink-session:cluster_id: demo", ("-Da=b",), "--stack says it all: leave out -D"),
        ("flink-session:cluster_id: demo", ("--flink-version", "2.0"), "leave out --flink-version"),
    ],
)
def test_what_is_wrong_with_a_stack(
    project: Path, configuration: str, arguments: tuple[str, ...], message: str
) -> None:
    (project / "stacks" / "Pulumi.dev.yaml").write_text(f"config:\n  {configuration}\n")
    result = manifests("--stack", "dev", "--cwd", str(project), *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


def test_a_stack_that_is_not_there(project: Path) -> None:
    result = manifests("--stack", "prod", "--cwd", str(project))
    assert result.exit_code == 1
    assert "there is no stack 'prod'" in result.stderr


_SIZES = "jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n"


def test_what_flink_loses_of_its_file_is_an_error_that_strict_counts(tmp_path: Path) -> None:
    (tmp_path / "flink-conf.yaml").write_text(f"{_SIZES}rest.port:8082\nmetrics:\n  reporters: prom\n")
    arguments = (ID, "--conf-dir", str(tmp_path), "--flink-version", "1.20")
    result = manifests(*arguments)
    assert (result.exit_code, bool(result.stdout)) == (0, True)
    assert "error: rest.port has no blank behind its colon in line 3 of flink-conf.yaml" in result.stderr
    assert "error: metrics opens a block in line 4" in result.stderr
    assert manifests(*arguments, "--strict").exit_code == 1
    both = f"{_SIZES}restart-strategy: fixed-delay\nrestart-strategy.fixed-delay.attempts: 3\n"
    (tmp_path / "flink-conf.yaml").write_text(both)
    assert manifests(*arguments, "--strict").exit_code == 0
    (tmp_path / "config.yaml").write_text(both)
    (tmp_path / "flink-conf.yaml").unlink()
    assert "restart-strategy" in manifests(*arguments).stderr
    assert manifests(*arguments).exit_code == 1


def test_the_encoding_of_a_file_is_as_flink_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"{_SIZES}parallelism.default: 3\n", encoding="utf-16")
    (config_map,) = (i for i in objects(ID, "--conf-dir", str(tmp_path), "--strict") if i["kind"] == "ConfigMap")
    assert load_config_yaml(config_map["data"]["config.yaml"]).values["parallelism.default"] == 3
    file.write_text(f"{_SIZES}my.name: grün\n", encoding="iso-8859-1")
    result = manifests(ID, "--conf-dir", str(tmp_path))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "config.yaml must be text in UTF-8 (line 3 is not: its byte 0xFC is malformed)" in result.stderr


def test_the_stack_of_a_careful_team_gives_no_cause_for_a_word() -> None:
    result = manifests("--stack", "prod", "--cwd", str(Path(__file__).parents[3]), "--strict", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    (deployment,) = (item for item in json.loads(result.stdout) if item["kind"] == "Deployment")
    assert deployment["spec"]["replicas"] == 1


def test_files_that_are_shipped_as_text_and_are_none_to_flink(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(_SIZES)
    (tmp_path / "log4j-console.properties").write_bytes(b"a = 1\n# gr\xfc\xdfe\n")
    (tmp_path / "notes.txt").write_bytes(b"\xff")
    (tmp_path / "core-site.xml").write_text("<configuration/>", encoding="utf-16")
    arguments = (ID, "--conf-dir", str(tmp_path), "--hadoop-conf-dir", str(tmp_path))
    said = manifests(*arguments).stderr
    rule = "that are no UTF-8, and Flink ships U+FFFD in their place: save it as UTF-8."
    assert f"warning: log4j-console.properties has bytes in line 2 {rule}" in said
    assert f"error: core-site.xml has bytes in line 1 {rule}" in said
    assert "notes.txt" not in said


def test_a_folder_without_log_configuration_is_a_cluster_without_logs(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(_SIZES)
    folder = (ID, "--conf-dir", str(tmp_path))
    warning = "warning: log4j-console.properties must be among the files of the client"
    result = manifests(*folder, "--strict")
    assert (result.exit_code, warning in result.stderr) == (0, True)
    # Flink's own image does not read Logback's file; another image may.
    (tmp_path / "logback-console.xml").write_text("<configuration/>")
    assert "beside logback-console.xml, which Flink's own image does not read" in manifests(*folder).stderr
    assert "log4j" not in manifests(*folder, "-Dkubernetes.container.image.ref=example.org/own:1").stderr
    (tmp_path / "log4j.properties").write_text("rootLogger.level = INFO")
    (tmp_path / "log4j-console.properties").write_text("\n")
    assert "log4j-console.properties must be" in manifests(*folder).stderr
    (tmp_path / "log4j-console.properties").write_text("rootLogger.level = INFO")
    assert manifests(*folder).stderr == ""
    assert manifests(ID).stderr == ""


def test_a_stack_is_told_everything_at_once(project: Path) -> None:
    (project / "stacks" / "Pulumi.dev.yaml").write_text(
        "config:\n"
        "  flink-session:parallelism.default: 2\n"
        "  flink-session:ready_timeout: soon\n"
        "  flink-session:image: {secure: v1:abc}\n"
        '  flink-session:configuration: "{rest.port: abc, kubernetes.service.exposed.type: NodePort}"\n'
    )
    result = manifests("--stack", "dev", "--cwd", str(project))
    assert (result.exit_code, result.stdout) == (1, "")
    for said in (
        "error: parallelism.default is not an argument of a session cluster: put it under `configuration`.",
        "error: ready_timeout is 'soon', but it must be a whole number of seconds, minutes or hours: write it as 90s",
        "error: flink-session:image must not be a secret",
        "error: cluster_id must be given, since it names the cluster: add flink-session:cluster_id: my-session under",
        "in stacks/Pulumi.dev.yaml, or run `flink-session config set cluster_id my-session`",
        "error: rest.port is 'abc', but it must be an integer",
        "warning: kubernetes.service.exposed.type is no option of Flink 2.2",
    ):
        assert said in result.stderr, said
