"""Finds small things in the picture that fall: motion, tracks, the fit of a path to free fall, and the verdict."""
