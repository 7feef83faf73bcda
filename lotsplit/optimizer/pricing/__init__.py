"""The best packings of every pool at given prices, and the bound that these prices prove."""
