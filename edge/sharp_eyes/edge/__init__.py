"""The gateway: snap → extract → push."""
