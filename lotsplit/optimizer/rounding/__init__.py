"""From columns to a schedule, and to better ones."""
