"""``sharp-eyes-edge cameras``: find cameras, judge their streams, and write them into gateway.yaml."""
