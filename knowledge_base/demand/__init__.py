"""What citizens ask in vain: found, grouped by subject, named, acted on, and watched afterwards."""
