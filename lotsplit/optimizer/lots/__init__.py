"""Every lot that there can be: what it holds, in which months, and what it puts into every limit."""
