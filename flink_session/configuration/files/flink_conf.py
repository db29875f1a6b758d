"""The file ``flink-conf.yaml`` of Flink 1.20 and before: lines of keys and values, and no YAML.

Flink 1.20 prefers it to ``config.yaml`` where both are there, and then writes it into the cluster as well; Flink 2 does
not read it.
"""

from __future__ import annotations

from flink_session.configuration.configuration import LEGACY_FLINK_CONF_FILENAME, Configuration
from flink_session.configuration.files.encoding import LINE_END, decode_flink_conf
from flink_session.configuration.findings import Finding, IllegalConfigurationError
from flink_session.configuration.java_text import trim
from flink_session.configuration.options import to_text


def load_flink_conf(content: bytes | str) -> Configuration:
    """Read a ``flink-conf.yaml`` as Flink does: it passes over what is not ``key: value``; the last of a key counts.

    What is lost on the way is said by :func:`~flink_session.configuration.files.flink_conf_losses.find_lost_lines`.
    """
    values = {}
    for line in LINE_END.split(decode_flink_conf(content)):
        key, separator, value = line.partition("#")[0].partition(": ")
        if separator and trim(key) and trim(value):
            values[trim(key)] = trim(value)
    return Configuration(values, standard_yaml=False)


def dump_flink_conf(configuration: Configuration) -> str:
    """Write a ``flink-conf.yaml``, its keys sorted.

    Raises:
        IllegalConfigurationError: such a file cannot hold a value, a blank one for example; Flink would lose it.
    """
    texts = {key: to_text(configuration.values[key]) for key in sorted(configuration.values)}
    lost = [key for key, text in texts.items() if key not in load_flink_conf(f"{key}: {text}").values]
    if lost:
        rule = f"must not be blank or begin with # or a line break, since {LEGACY_FLINK_CONF_FILENAME} cannot hold it"
        raise IllegalConfigurationError(
            Finding(key, texts[key], rule, "remove it, or use config.yaml instead") for key in lost
        )
    return "".join(f"{key}: {text}\n" for key, text in texts.items())
