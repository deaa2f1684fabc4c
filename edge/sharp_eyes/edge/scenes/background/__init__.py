"""Things left standing, found without a detector: a slow and a fast picture of the same place, compared."""
