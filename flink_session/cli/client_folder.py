"""What Flink's client finds on the user's disk: its configuration folder, Hadoop's, and files that options name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flink_session.configuration import Configuration, Finding, FlinkVersion
    from flink_session.kubernetes.client_files import ClientFiles


@dataclass(frozen=True, slots=True)
class ClientFolder:
    """A configuration folder.

    Attributes:
        configuration: what its ``config.yaml`` or ``flink-conf.yaml`` says.
        log_configuration: all its files as texts, by name; the core takes those that Flink ships.
        losses: what Flink would lose of its configuration file without a word.
    """

    configuration: Configuration
    log_configuration: Mapping[str, str]
    losses: tuple[Finding, ...]

    @classmethod
    def read(cls, folder: Path, version: FlinkVersion) -> ClientFolder:
        """Read a folder. Raises IllegalConfigurationError, OSError."""
        from flink_session.configuration import find_losses, load_configuration  # noqa: PLC0415 (slow to import)

        files = contents(folder)
        return cls(load_configuration(files, version), texts(folder), tuple(find_losses(files, version)))


def find_mangled_files(conf_dir: Path | None, hadoop_conf_dir: Path | None, version: FlinkVersion) -> Iterator[Finding]:
    """Find the shipped files that are no text to Flink."""
    from flink_session.configuration.files.encoding import find_mangled  # noqa: PLC0415 (slow to import)
    from flink_session.kubernetes import constants  # noqa: PLC0415 (slow to import)

    for folder, names in (
        (conf_dir, constants.log_configuration_files(version)),
        (hadoop_conf_dir, constants.HADOOP_CONFIGURATION_FILES),
    ):
        yield from find_mangled(contents(folder) if folder else {}, names)


def client_files(
    configuration: Configuration, log_configuration: Mapping[str, str], hadoop_conf_dir: Path | None
) -> ClientFiles:
    """Read the files that options name; one that cannot be read is left out, and the core says which option it is."""
    from flink_session.deployment.client_run import files_named_by  # noqa: PLC0415 (slow to import)
    from flink_session.kubernetes.client_files import ClientFiles  # noqa: PLC0415 (slow to import)

    named = {}
    for path in files_named_by(configuration):
        try:
            named[path] = Path(path).read_bytes()
        except OSError:
            continue
    return ClientFiles(log_configuration, named, texts(hadoop_conf_dir) if hadoop_conf_dir else {})


def random_cluster_id() -> str:
    """Make up a cluster id, as Flink's client does."""
    import secrets  # noqa: PLC0415 (seldom needed)

    from flink_session.kubernetes import constants  # noqa: PLC0415 (slow to import)

    return f"flink-cluster-{secrets.token_hex(16)}"[: constants.MAXIMUM_CHARACTERS_OF_CLUSTER_ID]


def contents(folder: Path) -> dict[str, bytes]:
    """Give the files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def texts(folder: Path) -> dict[str, str]:
    """Give the files of a folder as texts; what is not UTF-8 is replaced, as in Java."""
    return {name: content.decode("utf-8", "replace") for name, content in contents(folder).items()}
