"""Handle: moves that people make on a case, and their photos."""
