"""The master linear program: its columns, and its prices by simplex or by the volume algorithm."""
