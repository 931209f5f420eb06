"""Records a desktop with its mouse and keyboard; owns the action table, the session file and the clock."""
