"""What belongs to one kind of place only: the parts that the rows of `kinds` name besides those of `fittings`."""
