"""Intake: MQTT in; committed first, acknowledged then."""
