"""Live video: the camera's own packets to the hub, while somebody there looks."""
