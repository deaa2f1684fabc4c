"""Limits in the four kinds of time, working calendars, and clocks that pause, change and never forget a lateness."""
