"""Questions in other languages than French: the French words of administrations for theirs."""
