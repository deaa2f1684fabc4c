"""Handle: moves on a case by persons, rules and cameras, and their photos."""
