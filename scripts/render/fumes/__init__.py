"""Smoke, steam and flame laid over rendered stills: a small simulation of air in a box, and its picture."""
