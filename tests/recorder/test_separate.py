"""A crash or an endless loop ends in an exception, and the next call works."""

import os
import time

import pytest

from recorder.separate import SeparateProcess


def test_crash_and_endless_loop_do_not_end_the_parent() -> None:
    with SeparateProcess() as process:
        child = process.call(os.getpid, timeout_s=20)
        assert child != os.getpid()
        with pytest.raises(ChildProcessError):
            process.call(os.abort, timeout_s=20)
        assert process.call(abs, -3, timeout_s=20) == 3
        with pytest.raises(TimeoutError):
            process.call(time.sleep, 60, timeout_s=0.2)
        assert process.call(os.getpid, timeout_s=20) != child
