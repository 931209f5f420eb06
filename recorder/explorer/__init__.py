"""A sandboxed desktop that explores itself: sandbox, hand, eye, goals."""
