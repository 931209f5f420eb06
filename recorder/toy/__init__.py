"""A toy desktop drawn with numpy, on a clock of its own: for tests, and to learn on. It needs no display."""

POLICY = "toy-1"  # how its files are told from those of the sandbox
