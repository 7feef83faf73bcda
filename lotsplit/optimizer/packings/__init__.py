"""Packings of wide pools: which units may share a lot, what lots bring by their value, and how they are put together."""
