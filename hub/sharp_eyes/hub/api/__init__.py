"""HTTP interface: routes parse, services decide."""
