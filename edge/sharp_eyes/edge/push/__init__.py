"""推送: evidence, the outbox on disk, and the publisher (the only edge room that knows MQTT)."""
