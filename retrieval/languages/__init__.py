"""Questions in other languages than French: translated into the French terms of administrations."""
