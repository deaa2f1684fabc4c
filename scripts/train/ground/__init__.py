"""The `ground` network: its data, training, measuring and shipping; `ground.yaml` is the recipe."""
