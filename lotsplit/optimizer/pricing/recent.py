"""The prices met last in column generation, and the best of them to work a bound out at."""

from __future__ import annotations

from collections import deque

from lotsplit.optimizer.lots.rows import Prices, mean_of
from lotsplit.optimizer.pricing.pricer import Priced, Pricer

# last prices whose mean the bound is worked out at
RECENT = 8
# of the plan's value: how much the mean may be worse than the last prices for the packings known
NEAR_LAST = 2e-4


class RecentPrices:
    """The last prices and the bounds that would hold at them if the packings known were the best. gap: money."""

    def __init__(self, pricer: Pricer, gap: float) -> None:
        self.pricer, self.gap = pricer, gap
        self.value = pricer.rows.contents.plan.value
        # what else was found at these prices is large
        self._met: deque[tuple[float, Prices]] = deque(maxlen=RECENT)

    def add(self, priced: Priced) -> None:
        """Take prices in."""
        self._met.append((priced.estimate, priced.prices))

    def good(self, otherwise: Prices) -> Prices:
        """The mean of the last prices, where it is about as good as the last for the packings known.

        Of many prices that are as good for these, a mean is nearer those that are good for all. otherwise: where none were met.
        """
        if not self._met:
            return otherwise
        estimate, last = self._met[-1]
        enough = estimate + NEAR_LAST * self.value
        mean = mean_of([prices for estimate, prices in self._met if estimate <= enough + self.gap])
        return mean if self.pricer.price(mean, prove=False).estimate <= enough else last
