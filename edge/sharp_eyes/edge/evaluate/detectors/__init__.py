"""Measures detectors on labelled pictures: figures per class and source, real and rendered apart."""
