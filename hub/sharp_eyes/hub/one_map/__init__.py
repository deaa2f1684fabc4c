"""One map: what stands or happens anywhere in a city, by layers, each thing with a position and a grid."""
