"""Stories of people's days, each a script that the tests play with a turned clock and ``play`` on a running demo."""
