"""Areas: the tree of districts, streets and communities, and who sees what."""
