"""Rendered green belts and ponded streets with exact masks, for training the ground segmentation."""
