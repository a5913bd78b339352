"""The fence between practices: rows of a tenant model are only read inside a named scope."""

from typing import Any, Self

from django.db import models
from django.db.models.sql import Query


class UnscopedRead(RuntimeError):
    """A tenant's rows were about to be read without saying whose."""


class TenantQuery(Query):
    """Refuses to become SQL unscoped, also where Django takes it out of its queryset: Subquery, Exists, union."""

    is_scoped = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        if not self.is_scoped:
            raise UnscopedRead(_refusal(self.model))
        return super().get_compiler(*args, **kwargs)


def _refusal(model: Any) -> str:
    return f"{model.__name__} rows need .for_practice(practice) or .across_practices()."


class TenantQuerySet(models.QuerySet):
    """Refuses to touch the database until `.for_practice(p)` or `.across_practices()` was said.

    Rows reached from a row that is already in hand (`client.plans.all()`) count as scoped.
    """

    #: Path from this model to its practice.
    practice_path = "practice"
    #: Of QuerySet itself; its stubs leave them out.
    _query: TenantQuery
    _chain: Any

    def __init__(self, model: Any = None, query: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(model, query or TenantQuery(model), *args, **kwargs)

    def for_practice(self, practice: Any) -> Self:
        scoped = self.filter(**{self.practice_path: practice})
        scoped._query.is_scoped = True
        return scoped

    def across_practices(self) -> Self:
        """For jobs, commands and the person's own pages, which say aloud that they cross the fence."""
        scoped = self._chain()
        scoped._query.is_scoped = True
        return scoped

    def _add_hints(self, **hints: Any) -> None:
        super()._add_hints(**hints)  # type: ignore[misc]
        # Related managers give the row that they start from.
        if hints.get("instance") is not None:
            self._query.is_scoped = True

    def _must_be_scoped(self) -> None:
        if not self._query.is_scoped:
            raise UnscopedRead(_refusal(self.model))

    def _fetch_all(self) -> None:
        self._must_be_scoped()
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._must_be_scoped()
        return super().iterator(*args, **kwargs)

    def aggregate(self, *args: Any, **kwargs: Any) -> Any:
        self._must_be_scoped()
        return super().aggregate(*args, **kwargs)

    def count(self) -> int:
        self._must_be_scoped()
        return super().count()

    def exists(self) -> bool:
        self._must_be_scoped()
        return super().exists()

    def update(self, **kwargs: Any) -> int:
        self._must_be_scoped()
        return super().update(**kwargs)

    def delete(self) -> Any:
        self._must_be_scoped()
        return super().delete()

    def _raw_delete(self, using: str | None) -> Any:
        # Only Django's own cascade reaches this, from rows already in hand.
        return super()._raw_delete(using)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._must_be_scoped()
        return super().resolve_expression(*args, **kwargs)
