"""Processor time of started processes."""

import subprocess
import sys
import time

from xdecimate.commands.cpu_time import started_seconds

#: 0.6 seconds of processor time in a process that ends, and then in one that waits; the started process
#: starts both, as a worker does its simulators. The system counts whole ticks and drops what is left of them.
BUSY = """\
import subprocess, sys
busy = "import sys, time\\nwhile time.process_time() < 0.6: sum(range(10_000))\\n"
subprocess.run([sys.executable, "-c", busy])
subprocess.run([sys.executable, "-c", busy + "print(flush=True)\\nsys.stdin.read()"])
"""


def test_processes_of_processes_count_while_they_run_and_after():
    before = started_seconds()
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        running = started_seconds() - before
        process.stdin.close()
    ended = started_seconds() - before
    assert 1 <= running <= ended < 5


def test_own_work_does_not_count():
    before, end = started_seconds(), time.process_time() + 0.5
    while time.process_time() < end:
        sum(range(10_000))
    assert started_seconds() - before < 0.25
