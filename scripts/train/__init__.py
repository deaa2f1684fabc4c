"""Makes the `street` detector: training set, fine-tuning, measuring, shipping."""
