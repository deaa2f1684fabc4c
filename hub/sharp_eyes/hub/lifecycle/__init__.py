"""A case as its log tells it: lines, state, legal moves, turns, clocks and what time does next. Pure, no store."""
