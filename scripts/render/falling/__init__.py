"""Things that fall from a tower, and what is mistaken for them."""
