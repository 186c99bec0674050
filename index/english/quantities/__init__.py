"""Read numbers, units, quantities and dates in English text."""
