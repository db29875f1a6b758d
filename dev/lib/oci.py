"""Writes an OCI image from finished layers: ``oci.py OUT_DIR REFERENCE CONFIG_JSON LAYER_TAR...``.

An image of layers that exist already is three small JSON documents, so this needs no image builder.
``OUT_DIR/image.tar`` is an OCI image layout (image-spec 1.0) that ``ctr images import`` takes, ``OUT_DIR/digest`` the
digest of its manifest. The layers stay uncompressed: the image never travels, and importing it is then a plain copy.
The same layers give the same bytes.
"""

import hashlib
import io
import json
import platform
import sys
import tarfile
from pathlib import Path

MEDIA_TYPE = "application/vnd.oci.image"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}


def sha256(path: Path) -> str:
    """The digest of a file, as OCI writes it."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


class Layout:
    """An OCI image layout that is being written to a tar file."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar

    def add_file(self, name: str, path: Path) -> None:
        """Adds a file under this name, without its owner and time."""
        member = tarfile.TarInfo(name)
        member.size = path.stat().st_size
        with path.open("rb") as file:
            self.tar.addfile(member, file)

    def add_json(self, name: str | None, document: object) -> tuple[str, int]:
        """Adds a document, as a blob when it has no name; its digest and size."""
        data = json.dumps(document, sort_keys=True).encode()
        digest = hashlib.sha256(data).hexdigest()
        member = tarfile.TarInfo(name or f"blobs/sha256/{digest}")
        member.size = len(data)
        self.tar.addfile(member, io.BytesIO(data))
        return f"sha256:{digest}", len(data)


def write_image(out: Path, reference: str, config: dict[str, object], layers: list[Path]) -> None:
    """Writes ``image.tar`` and ``digest`` into ``out``; ``config`` is how to run it (User, Env, Entrypoint ...)."""
    digests = [sha256(layer) for layer in layers]
    with tarfile.open(out / "image.tar", "w") as tar:
        layout = Layout(tar)
        layout.add_json("oci-layout", {"imageLayoutVersion": "1.0.0"})
        for digest, layer in zip(digests, layers, strict=True):
            layout.add_file(f"blobs/{digest.replace(':', '/')}", layer)
        config_digest, config_size = layout.add_json(
            None,
            {
                "architecture": ARCHITECTURE[platform.machine()],
                "os": "linux",
                "config": config,
                "rootfs": {"type": "layers", "diff_ids": digests},
            },
        )
        manifest = {
            "schemaVersion": 2,
            "mediaType": f"{MEDIA_TYPE}.manifest.v1+json",
            "config": {"mediaType": f"{MEDIA_TYPE}.config.v1+json", "digest": config_digest, "size": config_size},
            "layers": [
                {"mediaType": f"{MEDIA_TYPE}.layer.v1.tar", "digest": digest, "size": layer.stat().st_size}
                for digest, layer in zip(digests, layers, strict=True)
            ],
        }
        digest, size = layout.add_json(None, manifest)
        descriptor = {
            "mediaType": manifest["mediaType"],
            "digest": digest,
            "size": size,
            "annotations": {"io.containerd.image.name": reference, "org.opencontainers.image.ref.name": reference},
        }
        layout.add_json("index.json", {"schemaVersion": 2, "manifests": [descriptor]})
    (out / "digest").write_text(f"{digest}\n")


if __name__ == "__main__":
    write_image(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]), [Path(layer) for layer in sys.argv[4:]])
