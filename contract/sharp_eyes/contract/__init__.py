"""The language that gateways and the hub share.

Nothing here imports anything of ours, and nothing beyond pydantic and the standard library.
Version 1 of every message is kept for ever: fields may be added with a default, never renamed or removed.
"""

SCHEMA_VERSION = 1
