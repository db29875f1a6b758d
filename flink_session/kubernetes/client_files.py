"""What Flink's client reads from its machine, as explicit input: no folder and no variable has a say."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """The files beside a configuration.

    Attributes:
        log_configuration: text by file name; Flink's client takes these from its configuration folder.
        by_path: content by path, as an option names it: pod templates, keytab, ``krb5.conf``.
        hadoop_configuration: text by file name; Flink's client takes these from ``$HADOOP_CONF_DIR``, else
            ``$HADOOP_HOME/etc/hadoop`` or ``$HADOOP_HOME/conf``.
    """

    log_configuration: Mapping[str, str] = field(default_factory=dict)
    by_path: Mapping[str, bytes] = field(default_factory=dict)
    hadoop_configuration: Mapping[str, str] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        """Return the text of a file, or ``None`` where there is none; what is not UTF-8 is replaced, as in Java."""
        content = self.by_path.get(path)
        return None if content is None else content.decode("utf-8", "replace")


def file_name(path: str) -> str:
    """Return the last part of a path, as ``File.getName`` does."""
    return posixpath.basename(path.rstrip("/"))
