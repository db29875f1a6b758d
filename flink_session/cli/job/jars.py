"""Where a program comes from: a file here, a URL, or a path in the session's image. All become a file to upload.

Flink's REST API runs what was uploaded, and takes no path: `local://` therefore becomes a jar that is empty, and
Flink's own option `pipeline.classpaths`, which JobManager and TaskManagers load classes by. So the jar has to be in the
image of both, at this path, and the class has to be named, since nobody here can read its manifest.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from .edge import FAILED, NOT_FOUND, UNREACHABLE, USAGE, JobError

CLASSPATHS = "pipeline.classpaths"
_IN_IMAGE, _OF_THE_WEB = "local", {"http", "https"}
_MANIFEST = "META-INF/MANIFEST.MF"
_LONGEST_PAUSE = 30.0
_CHUNK = 256 * 1024
Moved = Callable[[int, int], None]
"""Gets the bytes that have come so far, and those of the whole; 0 where that is not known."""


@dataclass(frozen=True, slots=True)
class Source:
    """A program, as the user named it.

    Attributes:
        kind: file, url or image.
        place: the path, or the URL.
        name: of the file, without its folder.
    """

    kind: str
    place: str
    name: str

    @classmethod
    def read(cls, word: str, entry_class: str | None, configuration: Mapping[str, str]) -> Source:
        """Read what the user wrote. Raises JobError."""
        parts = urlsplit(word)
        if "://" not in word:
            return cls("file", word, Path(word).name)
        if parts.scheme in _OF_THE_WEB:
            return cls("url", word, _file_name(parts.path))
        if parts.scheme == "file":
            return cls("file", unquote(parts.path), Path(unquote(parts.path)).name)
        if parts.scheme != _IN_IMAGE:
            raise JobError(
                f"{word}: a jar is a file here, an http(s):// URL, or local:// for one in the image; "
                f"fetch it from {parts.scheme}:// first",
                USAGE,
            )
        path = unquote(f"{parts.netloc}{parts.path}")
        if not path.startswith("/"):
            raise JobError(f"{word}: a path in the image is written local:///opt/flink/usrlib/job.jar", USAGE)
        if entry_class is None:
            raise JobError(
                f"{word}: name the class to run by --class; the manifest of a jar in the image is not read", USAGE
            )
        if CLASSPATHS in configuration:
            raise JobError(f"{word} is added to the class path by {CLASSPATHS}, which is set already", USAGE)
        return cls("image", path, _file_name(path))

    @property
    def configuration(self) -> dict[str, str]:
        """Give the options of Flink that it takes."""
        return {CLASSPATHS: f"file://{self.place}"} if self.kind == "image" else {}


@contextmanager
def opened(source: Source, moved: Moved) -> Iterator[Path]:
    """Give a file to upload, for as long as the block runs. Raises JobError."""
    if source.kind == "file":
        yield _checked(Path(source.place), source.place)
        return
    with TemporaryDirectory(prefix="flink-session-") as folder:
        path = Path(folder) / source.name
        if source.kind == "url":
            _download(source.place, path, moved)
        else:
            _write_empty(path)
        yield _checked(path, source.place)


def classes(path: Path) -> list[str]:
    """Give the names of the classes in a jar."""
    with zipfile.ZipFile(path) as jar:
        return [name.removesuffix(".class").replace("/", ".") for name in jar.namelist() if name.endswith(".class")]


def _checked(path: Path, shown: str) -> Path:
    if not path.exists():
        raise JobError(f"there is no file {shown}", NOT_FOUND)
    try:
        is_jar = path.is_file() and zipfile.is_zipfile(path)
    except OSError as error:
        raise JobError(f"{shown} cannot be read: {error.strerror}", NOT_FOUND) from error
    if not is_jar:
        what = "a folder" if path.is_dir() else "no zip archive"
        raise JobError(f"{shown} is no jar: it is {what}", USAGE)
    return path


def _download(url: str, path: Path, moved: Moved) -> None:
    """Fetch a URL, a piece at a time; a proxy that the environment names is used, as for anything of the web."""
    import httpx2  # noqa: PLC0415 (is imported by the client as well, but not before it is needed)

    shown = _without_secrets(url)
    try:
        with (
            httpx2.Client(follow_redirects=True, timeout=_LONGEST_PAUSE, max_redirects=5) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != 200:
                status = NOT_FOUND if response.status_code in (404, 410) else FAILED
                raise JobError(f"{shown} cannot be fetched: HTTP status {response.status_code}", status)
            total = int(response.headers.get("content-length") or 0)
            got = 0
            with path.open("wb") as file:
                for piece in response.iter_bytes(_CHUNK):
                    file.write(piece)
                    got += len(piece)
                    moved(got, total)
    except (httpx2.TransportError, httpx2.TooManyRedirects, httpx2.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise JobError(f"{shown} cannot be fetched: {reason}", UNREACHABLE) from error
    except OSError as error:
        raise JobError(f"{shown} cannot be kept in {path.parent}: {error.strerror}") from error


def _without_secrets(url: str) -> str:
    """Give a URL without a password, and without a query, which may be a signature."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _write_empty(path: Path) -> None:
    """Write a jar with nothing in it, the same each time: Flink keeps it once."""
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr(zipfile.ZipInfo(_MANIFEST), "Manifest-Version: 1.0\r\n\r\n")


def _file_name(path: str) -> str:
    name = PurePosixPath(unquote(path)).name or "program"
    return name if name.endswith(".jar") else f"{name}.jar"
