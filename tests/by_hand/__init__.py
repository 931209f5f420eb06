"""Play by hand, by a script: the real window, moved like a person moves it, and a scorecard of what it showed."""
