"""Scenes: tracks in, scene events out. Pure: no clock but the frames' own, no files, no network."""
