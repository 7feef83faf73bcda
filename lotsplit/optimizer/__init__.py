"""The search for the best division into lots (model, sections 6 to 8)."""

from lotsplit.optimizer.entry import optimize

__all__ = ["optimize"]
