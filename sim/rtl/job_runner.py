"""The cocotb test that runs inside the simulator: job after job, asleep while a program runs.

Reads jobs.json of the working directory and appends a line to results.jsonl for each job that has ended.
Signal names are those of tile.sv and cluster_tile.sv.
"""

import json
import time
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge


@cocotb.test()
async def run_jobs(dut: Any) -> None:
    jobs = json.loads(Path("jobs.json").read_text())
    for control in (dut.load, dut.dump):
        control.value = 0
    dut.rst.value = 1
    Clock(dut.clk, 2, unit="ns").start()
    with Path("results.jsonl").open("w") as results:
        for job in jobs:
            results.write(json.dumps(await _run(dut, job)) + "\n")
            results.flush()


async def _run(dut: Any, job: dict) -> dict[str, float]:
    for name, value in job["inputs"].items():
        getattr(dut, name).value = value
    dut.load.value = 1
    await RisingEdge(dut.clk)
    dut.load.value = 0
    await ClockCycles(dut.clk, 2)
    dut.rst.value = 0
    start = time.perf_counter()
    await RisingEdge(dut.done)
    seconds = time.perf_counter() - start
    outcome = {name: int(getattr(dut, name).value) for name in job["outputs"]}
    dut.rst.value = 1
    dut.dump.value = 1
    for dump in job["dumps"]:
        for name, value in dump.items():
            getattr(dut, name).value = value
        await RisingEdge(dut.clk)
    dut.dump.value = 0
    await ClockCycles(dut.clk, 2)  # files are flushed at the first
    return outcome | {"seconds": seconds}
