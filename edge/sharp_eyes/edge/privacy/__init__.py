"""Masks on what leaves the gateway, and areas that nothing in it looks at."""
