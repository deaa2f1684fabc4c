"""Clips of a green belt that is destroyed and of a street that is flooded, with the true share for every second."""
