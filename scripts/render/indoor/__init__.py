"""Indoor scenes, their things and cut-outs of single things, for training the city detector."""
