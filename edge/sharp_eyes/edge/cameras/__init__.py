"""``sharp-eyes-edge cameras``: the command line, and how cameras are written into gateway.yaml."""
