"""The command-centre page, built into ``dist`` and served from there."""
