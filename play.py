"""Plays a generated desktop; `python play.py --help` says how."""

from simulator.player import main

if __name__ == "__main__":
    main()
