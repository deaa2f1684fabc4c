"""Live video: from a gateway that was asked for it to everybody who watches, and nothing is kept."""
