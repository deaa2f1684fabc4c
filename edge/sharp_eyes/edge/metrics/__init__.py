"""What Prometheus is told of a gateway, and the health of its parts."""
