"""Scripts of the clips, one module each with a `STORY`; modules that begin with an underscore are shared parts."""
