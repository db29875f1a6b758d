"""The examples in other languages fit the component: TypeScript by its compiler, YAML by the schema and the plugin."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.component_host import TOKEN, output, running
from tests.support.project import ROOT
from tests.support.schema import FILE

pytestmark = pytest.mark.slow

TYPESCRIPT, GENERATOR = "FLINK_SESSION_TEST_TYPESCRIPT", "FLINK_SESSION_TEST_SDK_GENERATOR"
EXAMPLE = ROOT / "examples" / "typescript"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example beside the SDK that is generated from the schema, where `pulumi install` puts it."""
    if not all(os.environ.get(name) for name in (TYPESCRIPT, GENERATOR)):
        pytest.skip(f"{TYPESCRIPT} and {GENERATOR} are not set; `make test` sets them")
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("index.ts", "tsconfig.json", "package.json"):
        shutil.copy(EXAMPLE / name, folder)
    sdk = folder / "sdks" / "flink-session"
    subprocess.run([os.environ[GENERATOR], FILE, sdk], check=True)
    (folder / "node_modules").symlink_to(Path(os.environ[TYPESCRIPT]) / "node_modules")
    config = json.loads((folder / "tsconfig.json").read_text())
    config["compilerOptions"]["paths"] = {"@pulumi/flink-session": ["./sdks/flink-session/index.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(config))
    return folder


def compiler(folder: Path) -> str:
    """Type-check, and return what is wrong."""
    ran = subprocess.run(
        ["node", "node_modules/typescript/bin/tsc"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert bool(ran.stdout) == bool(ran.returncode), ran.stderr
    return ran.stdout


def test_the_typescript_example_type_checks_against_the_generated_sdk(checkout: Path) -> None:
    assert compiler(checkout) == ""
    package = json.loads((checkout / "package.json").read_text())
    assert package["dependencies"]["@pulumi/flink-session"] == "file:sdks/flink-session"
    generated = json.loads((checkout / "sdks" / "flink-session" / "package.json").read_text())
    assert generated["name"] == "@pulumi/flink-session"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("slots: 2", 'slots: "two"', "Type 'string' is not assignable to type 'Input<number"),
        ("clusterId:", "clusterName:", "'clusterName' does not exist in type 'FlinkSessionClusterArgs'"),
        ("cluster.restEndpoint", "cluster.endpoint", "Property 'endpoint' does not exist"),
    ],
)
def test_the_compiler_finds_what_the_schema_does_not_have(checkout: Path, right: str, wrong: str, said: str) -> None:
    program = checkout / "index.ts"
    before = program.read_text()
    assert right in before
    try:
        program.write_text(before.replace(right, wrong, 1))
        assert said in compiler(checkout)
    finally:
        program.write_text(before)


def unknown_properties(values: Mapping[str, Any], properties: Mapping[str, Any], types: Mapping[str, Any]) -> set[str]:
    found = set(values) - set(properties)
    for name, value in values.items():
        of = types.get(properties.get(name, {}).get("$ref", "").removeprefix("#/types/"))
        if of and isinstance(value, Mapping):
            found |= {f"{name}.{item}" for item in unknown_properties(value, of["properties"], types)}
    return found


def test_the_yaml_example_fits_the_schema_and_is_deployed_by_the_plugin() -> None:
    program = yaml.safe_load((ROOT / "examples/yaml/Pulumi.yaml").read_text())
    (plugin,) = program["plugins"]["providers"]
    assert (ROOT / "examples/yaml" / plugin["path"] / "PulumiPlugin.yaml").resolve().is_file()
    resources = program["resources"]
    (cluster,) = (resource for resource in resources.values() if resource["type"] == TOKEN)
    schema = json.loads(FILE.read_text())
    resource = schema["resources"][TOKEN]
    assert not unknown_properties(cluster["properties"], resource["inputProperties"], schema["types"])
    assert set(resource["requiredInputs"]) <= set(cluster["properties"])
    assert program["outputs"]["restEndpoint"].removeprefix("${analytics.").removesuffix("}") in resource["properties"]

    namespace = resources["sessions"]["properties"]["metadata"]["name"]
    inputs = json.loads(json.dumps(cluster["properties"]), parse_int=float)
    assert inputs["namespace"] == "${sessions.metadata.name}"
    with running() as host:
        state = host.construct({**inputs, "namespace": output(namespace)})
    assert state["restEndpoint"] == f"http://analytics-rest.{namespace}:8081"
    assert state["effectiveConfiguration"]["parallelism.default"] == "2"
