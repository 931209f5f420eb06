"""A sandboxed desktop that explores itself: sandbox, hand, eye, goals."""

NEWEST_POLICY = "goals-6"  # here because the table of policies needs X11 libraries, and a command's help does not
