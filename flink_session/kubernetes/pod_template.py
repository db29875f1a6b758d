"""The pod that a user hands to Flink to start from: a file, read by the Kubernetes client inside Flink.

Mirrors ``KubernetesUtils.loadPodFromTemplateFile`` and what ``pods().load`` does below it.
"""

from __future__ import annotations

import json
from typing import Any

from flink_session.configuration.files.encoding import decode_yaml
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.java_text import trim
from flink_session.kubernetes import constants, references
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.manifests import Manifest, without_empty
from flink_session.kubernetes.pod_model import JsonFloat, read_pod


def load_pod_template(content: bytes | str, version: FlinkVersion) -> FlinkPod:
    """Read a pod template, in YAML or JSON, and take the main container out of it.

    Of several containers with the main container's name the last one counts, as in Flink. Of the document only metadata
    and spec are taken, whatever its kind is.

    Raises:
        ValueError: it is no single document that fits a pod; the message is the rule that it breaks.
    """
    document = parse_pod_template(content)
    pod = read_pod(document)
    spec: Manifest = pod.get("spec") or {}
    written = (document.get("spec") or {}).get("containers", [])
    if written is None or None in written:
        raise ValueError("spec.containers must be a list of containers")
    main, others = dict[str, Any](), list[Manifest]()
    for container in spec.get("containers", []):
        if container.get("name") == constants.MAIN_CONTAINER_NAME:
            main = container
        else:
            others.append(container)
    without_main = without_empty({**spec, "containers": others}, "containers")
    metadata: Manifest = pod.get("metadata") or {}
    owners = [references.with_model_defaults(owner, version) for owner in metadata.get("ownerReferences", [])]
    return FlinkPod(
        {"metadata": without_empty({**metadata, "ownerReferences": owners}, "ownerReferences"), "spec": without_main},
        main,
    )


def parse_pod_template(content: bytes | str) -> Any:
    """Return the one document of a pod template, as it is written.

    Raises:
        ValueError: it is neither YAML nor JSON, not one document, or malformed in its encoding.
    """
    try:
        text = decode_yaml(content)
    except ValueError as error:
        raise ValueError(f"the text must be UTF-8 ({error})") from None
    if trim(text)[:1] == "{":
        try:
            return json.JSONDecoder(parse_float=JsonFloat.parse).raw_decode(trim(text))[0]
        except ValueError as error:
            raise ValueError(f"must be JSON, since it starts with a brace ({error})") from None
    from flink_session.configuration import yaml_core  # noqa: PLC0415

    documents = yaml_core.load_json_schema(text)
    if len(documents) != 1:
        raise ValueError(f"must hold one document, not {len(documents)}")
    return documents[0]
