"""What holds for all tests, and for the programs that they start."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is there: several workers with two threads each wait for each other
