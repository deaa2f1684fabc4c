"""Extract: from a frame to detections, and from detections to tracks."""
