// The tile's model driven by a plain loop, to see what cocotb costs. Runs file 0 of +directory= and prints seconds.
// Arguments: boot address, address of tohost, bytes of L1, cycles at most.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "Vtop.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }
// Of cocotb's main, which the model's archive has too and which is weak.
extern "C" void vlog_startup_routines_bootstrap() {}

int main(int argc, char** argv) {
    Verilated::commandArgs(argc, argv);
    Vtop top;
    const auto cycle = [&top] {
        top.clk = 1;
        top.eval();
        top.clk = 0;
        top.eval();
    };
    top.clk = 0;
    top.rst = 1;
    top.boot_address = std::strtoul(argv[1], nullptr, 0);
    top.tohost = std::strtoul(argv[2], nullptr, 0);
    top.l1_bytes = std::strtoul(argv[3], nullptr, 0);
    top.max_cycles = std::strtoull(argv[4], nullptr, 0);
    top.hart_id = 0;
    top.seed = 1;
    top.file = 0;
    top.load = 1;
    cycle();
    top.load = 0;
    cycle();
    top.rst = 0;
    const auto start = std::chrono::steady_clock::now();
    while (!top.done) cycle();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%llu %f\n", static_cast<unsigned long long>(top.cycles), seconds.count());
    top.final();
}
