"""What any packing of a wide pool can bring at most, at given prices."""
