"""What the user's files say: Pulumi.yaml and the stack's configuration file, read as the Pulumi CLI reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from flink_session.yaml_graph import SafeLoader, check_graph

from ..errors import ProjectError, UnsupportedError
from .backend import write_atomically

_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")
_STACK_NAME = re.compile(r"(?:organization/(?P<project>[^/]+)/)?(?P<stack>[A-Za-z0-9_.-]{1,100})")


@dataclass(frozen=True, slots=True)
class Project:
    """A Pulumi project."""

    file: Path
    """Pulumi.yaml itself."""
    root: Path
    name: str
    main: Path
    """What is run: a folder with a `__main__.py`, or a file."""
    virtualenv: Path | None
    stack_config_dir: Path
    backend_url: str | None
    config: dict[str, Any] = field(default_factory=dict)
    """The project's own `config:` section: defaults and typed keys."""


@dataclass(frozen=True, slots=True)
class StackConfig:
    """The configuration that the program gets: values by full key, and which of them are secret."""

    values: dict[str, str]
    secret_keys: frozenset[str]


def find_project(start: Path) -> Project:
    """Find Pulumi.yaml in `start` or the nearest folder above it.

    Raises:
        ProjectError: there is none, or it is wrong; all findings at once.
        UnsupportedError: its runtime is not Python.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        for name in _PROJECT_FILES:
            if (folder / name).is_file():
                return _read_project(folder / name)
    raise ProjectError(
        f"no Pulumi.yaml in {start} or any folder above it; go to a Pulumi project, or name one by --cwd"
    )


def _read_project(path: Path) -> Project:
    document = _load_mapping(path)
    name, runtime, main = document.get("name"), document.get("runtime"), document.get("main") or "."
    options = runtime.get("options") or {} if isinstance(runtime, dict) else {}
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    findings = []
    if not isinstance(name, str) or not name:
        findings.append("name: a project needs a name, a string")
    if not isinstance(language, str):
        findings.append("runtime: a project needs a runtime, such as `runtime: python`")
    if findings:
        raise ProjectError("\n".join(f"{path}: {finding}" for finding in findings))
    if language != "python":
        raise UnsupportedError(f"runtime: {language} in {path}")
    virtualenv = options.get("virtualenv")
    config_dir = document.get("stackConfigDir") or ""
    return Project(
        file=path,
        root=path.parent,
        name=str(name),
        main=path.parent / main,
        virtualenv=path.parent / Path(virtualenv).expanduser() if virtualenv else None,
        stack_config_dir=path.parent / config_dir,
        backend_url=(document.get("backend") or {}).get("url"),
        config=document.get("config") or {},
    )


def check_stack_name(name: str, project: str) -> str:
    """Give the plain name of a stack, which may be written `organization/<project>/<name>`. Raises ProjectError."""
    match = _STACK_NAME.fullmatch(name)
    if not match:
        raise ProjectError(f"--stack {name!r}: a stack's name has 1 to 100 letters, digits, '-', '_' and '.'")
    if match["project"] not in (None, project):
        raise ProjectError(f"--stack {name!r}: this is the project {project!r}, not {match['project']!r}")
    return match["stack"]


class _TextLoader(SafeLoader):  # type: ignore[misc]
    """Takes every scalar as it is written, and merges mappings as the other loader does."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {  # noqa: RUF012 - PyYAML's own protocol
        "<": [("tag:yaml.org,2002:merge", re.compile("<<$"))]
    }


class StackFileReader:
    """The configuration file of one stack, `Pulumi.<stack>.yaml`; a missing one is as good as an empty one."""

    def __init__(self, project: Project, stack: str) -> None:
        """Read the file. Raises ProjectError if it is not YAML, or not a mapping."""
        self._project = project
        self.path = project.stack_config_dir / f"Pulumi.{stack}.yaml"
        self._typed = _load_mapping(self.path) if self.path.is_file() else {}
        # As text, a scalar is what the user wrote: 1.0 is not 1, and yes is not True.
        self._texts = _load_mapping(self.path, _TextLoader) if self.path.is_file() else {}
        if self._typed.get("environment"):
            raise UnsupportedError(f"environment: (Pulumi ESC) in {self.path}")
        if (provider := self._typed.get("secretsprovider", "passphrase")) != "passphrase":
            raise UnsupportedError(f"secretsprovider: {provider} in {self.path}")

    @property
    def encryption_salt(self) -> str | None:
        """The salt of the passphrase, if there is one."""
        return self._typed.get("encryptionsalt")

    def save_encryption_salt(self, salt: str) -> None:
        """Add the salt to the file, leaving everything else in it as it is. Raises ProjectError."""
        try:
            text = self.path.read_text(encoding="utf-8") if self.path.is_file() else ""
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(
                self.path, text + ("\n" if text and not text.endswith("\n") else "") + f"encryptionsalt: {salt}\n"
            )
        except OSError as error:
            raise ProjectError(f"{self.path}: the salt of the passphrase cannot be saved: {error}") from error

    def config(self, decrypt: Callable[[str], str]) -> StackConfig:
        """Give the stack's configuration over the project's defaults.

        Raises:
            ProjectError: a section or key has the wrong form.
            PassphraseError: a secure value cannot be decrypted.
        """
        values, secret_keys = self._project_defaults()
        typed = self._typed.get("config") or {}
        texts = self._texts.get("config") or {}
        if not isinstance(typed, dict):
            raise ProjectError(f"{self.path}: config: must be a mapping of keys to values")
        for (key, value), text in zip(typed.items(), texts.values(), strict=True):
            full = self.full_key(str(key))
            value, secret = _decrypted(value, decrypt)  # noqa: PLW2901
            values[full] = _as_text(value, text) if not secret or isinstance(value, (dict, list)) else str(value)
            secret_keys.discard(full)
            if secret:
                secret_keys.add(full)
        return StackConfig(values, frozenset(secret_keys))

    def _project_defaults(self) -> tuple[dict[str, str], set[str]]:
        values: dict[str, str] = {}
        secret_keys: set[str] = set()
        for key, declared in self._project.config.items():
            full = self.full_key(str(key))
            is_declaration = isinstance(declared, dict) and declared.keys() & {
                "type",
                "default",
                "value",
                "description",
                "secret",
            }
            value = declared.get("value", declared.get("default")) if is_declaration else declared
            if value is not None:
                values[full] = _as_text(value, _scalar_text(value))
                if is_declaration and declared.get("secret"):
                    secret_keys.add(full)
        return values, secret_keys

    def raw(self, key: str) -> Any:
        """Give a value as the file has it, secrets encrypted; None if it is not there."""
        config = self._typed.get("config") or {}
        return config.get(self.full_key(key), config.get(key)) if isinstance(config, dict) else None

    def full_key(self, key: str) -> str:
        """Give a key with its namespace, which is the project's if it names none."""
        return key if ":" in key else f"{self._project.name}:{key}"


def _load_mapping(path: Path, loader: type[Any] = SafeLoader) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        check_graph(yaml.compose(text, loader))
        document = yaml.load(text, loader)  # noqa: S506 (both loaders are safe ones)
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ProjectError(f"{path} is not valid YAML: {error}") from error
    if document is None or document == "":
        return {}
    if not isinstance(document, dict):
        raise ProjectError(f"{path} must be a mapping of keys to values")
    return document


def _decrypted(value: Any, decrypt: Callable[[str], str]) -> tuple[Any, bool]:
    """Decrypt `secure:` values at any depth; the second result says whether there were any."""
    if isinstance(value, dict):
        if value.keys() == {"secure"} and isinstance(value["secure"], str):
            return decrypt(value["secure"]), True
        pairs = {key: _decrypted(item, decrypt) for key, item in value.items()}
        return {key: item for key, (item, _) in pairs.items()}, any(secret for _, secret in pairs.values())
    if isinstance(value, list):
        items = [_decrypted(item, decrypt) for item in value]
        return [item for item, _ in items], any(secret for _, secret in items)
    return value, False


def _as_text(value: Any, text: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return str(text)


def _scalar_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
