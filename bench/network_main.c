/* Steps of a network one after the other; keeps the output, the counters and the cycles of each. The test bench
 * copies the outputs in no time: see keep in sim/rtl/cluster_tile.sv.
 *
 * Whoever loads the program sets network_test_first and network_test_last, and either the input, or the activations
 * that lie in the arena before the first step. PROFILES names the section of the counters.
 */
#include "network.h"

#define IN_L3_ZERO __attribute__((section(".l3_zero"), aligned(16)))

extern const struct network NETWORK;

volatile uint32_t network_test_first __attribute__((section(".data"))) = 0;
volatile uint32_t network_test_last __attribute__((section(".data"))) = STEPS;
volatile uint32_t network_test_step; /* the one that runs */
int8_t network_test_input[INPUT_BYTES] IN_L3_ZERO;
int8_t network_test_output[OUTPUT_BYTES] IN_L3_ZERO;
volatile struct {
    const int8_t *from;
    uint32_t bytes;
} network_test_keep __attribute__((section(".data"), aligned(8)));
struct layer_profile network_test_profiles[STEPS] __attribute__((section(PROFILES), aligned(16)));
uint32_t network_test_cycles[STEPS] IN_L3_ZERO;
static struct layer_profile profile;

int main(void)
{
    const struct network *network = &NETWORK;
    const uint32_t first = network_test_first, last = network_test_last;
    if (network->steps != STEPS)
        return EXIT_STEPS;
    if (first == 0)
        network_copy(network, network->input, network_test_input, network->input_bytes);
    for (uint32_t i = first; i < last; i++) {
        network_test_step = i;
        uint32_t before = cycles();
        network_steps(network, i, i + 1, &profile - i);
        network_test_cycles[i] = cycles() - before;
        network_test_profiles[i] = profile;
        network_test_keep.from = network->step[i].output;
        network_test_keep.bytes = network->step[i].output_bytes;
    }
    if (last == STEPS)
        network_copy(network, network_test_output, network->output, network->output_bytes);
    return 0;
}
