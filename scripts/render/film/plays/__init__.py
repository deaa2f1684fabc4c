"""The plays: each module builds one with `build()`."""
