"""Measures a segmenter on pictures with masks: figures per class and source, real and rendered apart."""
