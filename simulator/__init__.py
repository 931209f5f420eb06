"""Plays, judges and times generated interfaces; owns time, the window and the evaluation."""
