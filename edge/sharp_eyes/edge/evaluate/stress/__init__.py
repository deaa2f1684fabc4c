"""Ordinary footage played to and fro for hours: how many alarms an hour it raises."""
