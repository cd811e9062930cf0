"""The two ways a figure becomes whole cents: one scalar, or a set of keys. There is no third."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Literal, TypeVar

Rule = Literal["half_up", "down"]
K = TypeVar("K", bound=Hashable)


def half_up(x: Fraction | int) -> int:
    """
    The nearest whole cent; exactly half a cent goes away from zero.

    >>> half_up(Fraction(5, 2)), half_up(Fraction(-5, 2)), half_up(Fraction(249, 100))
    (3, -3, 2)
    """
    return -floor(Fraction(1, 2) - x) if x < 0 else floor(Fraction(1, 2) + x)


def down(x: Fraction | int) -> int:
    """
    Whole cents towards zero: what some tax laws ask for.

    >>> down(Fraction(29, 10)), down(Fraction(-29, 10))
    (2, -2)
    """
    return -floor(-x) if x < 0 else floor(x)


def round_by(rule: Rule, x: Fraction | int) -> int:
    """
    Whole cents by the rule that the business has set.

    >>> round_by("half_up", Fraction(1, 2)), round_by("down", Fraction(1, 2))
    (1, 0)
    """
    return half_up(x) if rule == "half_up" else down(x)


def to_step(cents: int, step_cents: int) -> int:
    """
    The nearest multiple of the smallest coin in use, for payment in cash; half a step goes away from zero.

    >>> [to_step(cents, 5) for cents in (10_01, 10_09, 20_18, -52_97)]
    [1000, 1010, 2020, -5295]
    """
    return half_up(Fraction(cents, step_cents)) * step_cents


def largest_remainder(exact: Sequence[Fraction | int], total: int) -> list[int]:
    """
    Whole cents for a set of exact figures, so that they add up to `total`.

    Each figure is floored; the cents left go one each to the largest fractions, ties to
    the earlier figure. Figures that are all zero or negative mirror the positive case.
    `total` must be reachable with every figure floored or raised by one cent at most
    (ValueError otherwise: the caller's arithmetic is wrong, not the reader's input).

    >>> largest_remainder([Fraction(10_000, 3)] * 3, 10_000)
    [3334, 3333, 3333]
    >>> largest_remainder([Fraction(-7, 2), Fraction(-3, 2)], -5)
    [-4, -1]
    """
    if exact and total <= 0 and all(x <= 0 for x in exact):
        return [-cents for cents in _spread([-x for x in exact], -total)]
    return _spread(exact, total)


def _spread(exact: Sequence[Fraction | int], total: int) -> list[int]:
    cents = [floor(x) for x in exact]
    spare = total - sum(cents)
    if not 0 <= spare <= len(cents):
        raise ValueError(f"{total} cannot be reached from figures that add up to {sum(exact, Fraction())}")
    # sorted() is stable, so equal fractions stay in stored order.
    by_fraction = sorted(range(len(cents)), key=lambda i: cents[i] - exact[i])
    for i in by_fraction[:spare]:
        cents[i] += 1
    return cents


def remainder_by_key(exact: Mapping[K, Fraction | int], total: int) -> dict[K, int]:
    """
    `largest_remainder` for figures that have names: whole cents by key, ties to the earlier key.

    >>> remainder_by_key({"a": Fraction(1, 2), "b": Fraction(1, 2)}, 1)
    {'a': 1, 'b': 0}
    """
    return dict(zip(exact, largest_remainder(list(exact.values()), total), strict=True))


def split_cents(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """
    Split an amount by weights without losing a cent.

    Units: whole cents in and out; weights are exact, zero or more, and need not add up to
    anything. Rounding: largest remainder. ValueError when every weight is zero but there
    is something to split.

    >>> split_cents(31_250_01, [2500, 4000, 1000])
    [1041667, 1666667, 416667]
    >>> split_cents(-5, [70, 30])
    [-4, -1]
    """
    whole = sum(weights, Fraction())
    if whole == 0:
        if total:
            raise ValueError("nothing to split by: every weight is zero")
        return [0] * len(weights)
    return largest_remainder([Fraction(total) * weight / whole for weight in weights], total)


def split_by_key(total: int, weights: Mapping[K, Fraction | int]) -> dict[K, int]:
    """
    `split_cents` for weights that have names.

    >>> split_by_key(100, {"a": 2, "b": 1})
    {'a': 67, 'b': 33}
    """
    return dict(zip(weights, split_cents(total, list(weights.values())), strict=True))


def allocate_positions(
    exact: Mapping[K, Fraction | int],
    total: int,
    group_of: Callable[[K], Hashable],
) -> dict[K, int]:
    """
    Whole cents per key, by largest remainder over groups first and inside each group then.

    So a group (the taxable base of a tax code, the tax of a code) stays within a cent of its
    exact figure even over hundreds of keys, and so does every key.

    >>> exact = {"a": Fraction(1, 2), "b": Fraction(1, 2), "c": Fraction(1, 2), "d": Fraction(1, 2)}
    >>> allocate_positions(exact, 2, lambda key: key in "ab")
    {'a': 1, 'b': 0, 'c': 1, 'd': 0}
    """
    groups: dict[Hashable, dict[K, Fraction | int]] = {}
    for key, x in exact.items():
        groups.setdefault(group_of(key), {})[key] = x
    by_group = remainder_by_key({group: sum(own.values()) for group, own in groups.items()}, total)
    placed: dict[K, int] = {}
    for group, own in groups.items():
        placed |= remainder_by_key(own, by_group[group])
    return {key: placed[key] for key in exact}
