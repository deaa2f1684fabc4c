"""Cameras' settings from the hub: merged with the file's, checked, kept, applied to one camera, and reported."""
