"""How a call becomes a method of both clients: written once, typed for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Generic, ParamSpec, TypeVar, overload

from .exchange import Call
from .runners import Awaiting, Blocking

P = ParamSpec("P")
T = TypeVar("T")


class BlockingCalls:
    """What has calls as blocking methods."""

    _runner: Blocking

    def _run(self, generator: Call[T]) -> T:
        return self._runner.run(generator)

    def _iterate(self, generator: Call[None]) -> Iterator[Any]:
        return self._runner.iterate(generator)


class AwaitedCalls:
    """What has calls as methods to be awaited."""

    _runner: Awaiting

    async def _run(self, generator: Call[T]) -> T:
        return await self._runner.run(generator)

    def _iterate(self, generator: Call[None]) -> AsyncIterator[Any]:
        return self._runner.iterate(generator)


class call(Generic[P, T]):  # noqa: N801 (reads as a function where it is used)
    """A method of both clients: gives a T to one, and something to await to the other."""

    def __init__(self, function: Callable[P, Call[T]]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name

    @overload
    def __get__(self, client: BlockingCalls, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: AwaitedCalls, owner: type) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Call[T]]: ...
    def __get__(self, client: Any, owner: type) -> Callable[..., Any]:
        function = self._function
        if client is None:
            return function
        first = self._first(client)
        return _named(lambda *args, **kwargs: client._run(function(*first, *args, **kwargs)), self)

    def _first(self, client: Any) -> tuple[Any, ...]:
        """Give the arguments that the client itself gives, before those of its user."""
        return ()


class stream(Generic[P, T]):  # noqa: N801
    """A method of both clients that gives many values: to be iterated over, or asynchronously so."""

    def __init__(self, function: Callable[P, Call[None]], _of: type[T] | None = None) -> None:
        """`_of` is the type of the values."""
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name

    @overload
    def __get__(self, client: BlockingCalls, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, client: AwaitedCalls, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Call[None]]: ...
    def __get__(self, client: Any, owner: type) -> Callable[..., Any]:
        function = self._function
        if client is None:
            return function
        first = self._first(client)
        return _named(lambda *args, **kwargs: client._iterate(function(*first, *args, **kwargs)), self)

    def _first(self, client: Any) -> tuple[Any, ...]:
        """As of `call`."""
        return ()


def _named(function: Callable[..., Any], source: call[Any, Any] | stream[Any, Any]) -> Callable[..., Any]:
    function.__name__, function.__doc__ = source.__name__, source.__doc__
    return function
