"""A property that is asked once: :class:`functools.cached_property` without the lock that it has in Python 3.11.

A plan asks some sixty of these, most of which take less time than the lock; each plan belongs to one thread.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar, overload

T = TypeVar("T")


class parameter(cached_property[T]):  # noqa: N801 - a decorator, named as the one that it derives from
    """A parameter of a deployment, computed when it is first asked for."""

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> parameter[T]: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: object | None, owner: type[Any] | None = None) -> parameter[T] | T:
        if instance is None:
            return self
        value = self.func(instance)
        # Where the value stands under the property's own name, Python looks no further.
        instance.__dict__[self.attrname or ""] = value
        return value
