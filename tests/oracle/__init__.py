"""A second computation of the model, written from its text alone: the judge of market, evaluation and optimizer.

Nothing here may import those rooms. Plain loops and exact sums come before speed.
"""
