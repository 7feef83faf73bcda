"""The search for the best division into lots (model, sections 6 to 8)."""

from lotsplit.optimizer.search import optimize

__all__ = ["optimize"]
