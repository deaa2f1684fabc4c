"""Scenes that compare a zone with a reference of the same place which they learn themselves."""
