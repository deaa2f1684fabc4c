"""The MQTT broker: our own child process, or files for one that is already there."""
