"""Cameras that the hub's administrators find, add and remove at this gateway; their logins come sealed for it alone."""
