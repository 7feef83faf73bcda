"""Which services (trades and regions) lots of a wide pool have, and which suppliers can carry them.

Services with the same suppliers are one. Of few services every set is told apart. Of more, each by itself, and lots of several by the
suppliers that all of them have in common.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.lots.arrays import Bools, Contents, Ints
from lotsplit.optimizer.lots.pools import Pool, Service

# Of more services than MOST_SERVICES (for which whole_lots.c has layers) lots of several are told apart by their suppliers; of more
# than MOST_BITS the least valued are taken for one, and of more different suppliers in common than MOST_COMMON nothing is known of others.
MOST_SERVICES, MOST_BITS, MOST_COMMON = 3, 60, 1_000
UNKNOWN = -1

GroupOf = Callable[[list[Service]], int]
"""The group of suppliers of lots of some services."""


@dataclass(frozen=True)
class ServiceSets:
    """The sets of services that lots of a pool are told apart by; the first is empty.

    of_unit: bit of the service of each unit, by place. services: how many. step: the set of a lot of some set (line) with some of one
    more service (column); none where there are few. allowed: of each set, the services (bits) that its lots may have; none of a set that is
    not told apart. groups: of suppliers that such lots can have. others: the set of all lots that are not
    told apart, or UNKNOWN. all_known: whether these groups are all that lots can have.
    """

    of_unit: Ints
    services: int
    step: Ints
    allowed: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    others: int
    all_known: bool

    @property
    def few(self) -> bool:
        """Whether there are so few services that every set of them is told apart; sets are numbered by their bits."""
        return not self.step.shape[1]

    def set_of(self, held: Ints) -> Ints:
        """The sets of lots that have some services (bits)."""
        if self.few:
            return held
        found = np.zeros_like(held)
        for service in range(self.services):
            has = (held >> service & 1).astype(np.bool_)
            found = np.where(has, self.step[found, service], found)
        return found


def service_sets(contents: Contents, pool: Pool, most: int) -> ServiceSets:
    """Work out the sets of a pool. most: sets of several services to be told apart, where there are more than a few services."""
    package, market = contents.plan.packages[pool.package], contents.market

    def group(services: list[Service]) -> int:
        return market.group(package, *_together(services))

    # services of the same suppliers are one: a lot of both has those suppliers too
    classes: dict[bytes, tuple[int, Service]] = {}
    class_of = [
        classes.setdefault(market.group_members(group([service])).tobytes(), (len(classes), service))[0]
        for service in pool.columns.services
    ]
    number = np.array(class_of)[pool.columns.service]
    services = [service for _, service in classes.values()]
    if len(services) <= MOST_SERVICES:
        return _every_set(1 << number, services, group)
    all_told = len(services) <= MOST_BITS
    if not all_told:
        value = np.bincount(number, pool.columns.part_value * pool.columns.parts)
        order = np.argsort(-value, kind="stable").tolist()
        number = np.minimum(np.argsort(order), MOST_BITS - 1)[number]
        services = [services[n] for n in order]
        services[MOST_BITS - 1 :] = [_together(services[MOST_BITS - 1 :])]
    members = np.zeros((len(services), len(contents.plan.suppliers)), dtype=np.bool_)
    for line, service in zip(members, services, strict=True):
        line[market.group_members(group([service]))] = True
    return _by_suppliers(1 << number, services, members, most, group, all_told)


def _together(services: list[Service]) -> Service:
    return frozenset().union(*(trades for trades, _ in services)), frozenset().union(
        *(regions for _, regions in services)
    )


def _every_set(of_unit: Ints, services: list[Service], group: GroupOf) -> ServiceSets:
    sets = range(1 << len(services))
    groups = tuple((group([s for n, s in enumerate(services) if held >> n & 1]),) if held else () for held in sets)
    step = np.zeros((len(sets), 0), dtype=np.int64)
    return ServiceSets(of_unit, len(services), step, tuple(sets), groups, UNKNOWN, all_known=True)


def _by_suppliers(
    of_unit: Ints, services: list[Service], members: Bools, most: int, group: GroupOf, all_told: bool
) -> ServiceSets:
    """Each service by itself, and those of several by their suppliers. members: of each service (line), which suppliers (columns)."""
    common, step = _in_common(members)
    all_known = all_told and bool((step >= 0).all())
    # of each set of several, the services that have all its suppliers, and others
    inside = [[n for n, has in enumerate(members) if not (suppliers & ~has).any()] for suppliers in common]
    groups = [group([services[n] for n in some]) for some in inside]
    ranked = sorted(range(len(common)), key=lambda n: (n > 0, -int(common[n].sum()), n))
    told = set(ranked[:most])
    # for bounds; where some are unknown there is none
    untold = {groups[n] for n in range(len(common)) if n not in told} if all_known else set()
    every = (1 << len(services)) - 1
    allowed = [0, *(1 << n for n in range(len(services)))]
    allowed += [sum(1 << k for k in some) if n in told else 0 for n, some in enumerate(inside)]
    of_set = [(), *((group([service]),) for service in services)]
    of_set += [(one,) if n in told else () for n, one in enumerate(groups)]
    # lots of what is not told apart stay so whatever is added
    others = len(allowed)
    allowed.append(every if untold else 0)
    of_set.append(tuple(sorted(untold)))
    step = np.vstack([np.where(step == UNKNOWN, others, step), np.full(len(services), others)])
    return ServiceSets(of_unit, len(services), step, tuple(allowed), tuple(of_set), others, all_known)


def _in_common(members: Bools) -> tuple[list[Bools], Ints]:
    """The different suppliers that several services have in common, those of all first; and the steps between the sets.

    members: of each service (line), which suppliers (columns). Steps are UNKNOWN where there are too many.
    """
    services = len(members)
    every = members.all(axis=0)
    rows, known = [*members, every], {every.tobytes(): services + 1}
    step = [list(range(1, services + 1))]
    while len(step) <= len(rows):
        now = len(step)
        line = []
        for number, both in enumerate(rows[now - 1] & members, start=1):
            key = both.tobytes()
            if number != now and key not in known and len(known) < MOST_COMMON:
                rows.append(both)
                known[key] = len(rows)
            line.append(now if number == now else known.get(key, UNKNOWN))
        step.append(line)
    return rows[services:], np.array(step, dtype=np.int64)
