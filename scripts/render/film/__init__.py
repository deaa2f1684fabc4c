"""Indoor clips with exact ground truth: rooms one can walk into, people with things, smoke and flame."""
