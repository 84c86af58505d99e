/* The steps of a network one after the other on a PC.
 *
 * Arguments: the network's folder, the file of the input, the file to write: the output of each step, then the network's.
 * A constant that is not as long as its file ends the program with status 3.
 */
#include <stdio.h>

#include "host_memory.h"
#include "network.h"

extern const struct network NETWORK;

static int8_t input[INPUT_BYTES], output[OUTPUT_BYTES];

static void read_file(const char *path, int8_t *to, size_t bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file || fread(to, 1, bytes, file) != bytes || fgetc(file) != EOF) {
        fprintf(stderr, "%s does not hold %zu bytes\n", path, bytes);
        exit(3);
    }
    fclose(file);
}

int main(int count, char **arguments)
{
    const struct network *network = &NETWORK;
    char path[4096];
    FILE *results;
    if (count != 4 || network->steps != STEPS || !(results = fopen(arguments[3], "wb")))
        return 2;
    for (size_t n = 0; n < host_constants; n++) {
        snprintf(path, sizeof path, "%s/weights/%s.bin", arguments[1], host_constant[n].name);
        read_file(path, host_constant[n].to, host_constant[n].bytes);
    }
    read_file(arguments[2], input, INPUT_BYTES);
    network_copy(network, network->input, input, network->input_bytes);
    for (uint32_t i = 0; i < STEPS; i++) {
        network_steps(network, i, i + 1, 0);
        fwrite(network->step[i].output, 1, network->step[i].output_bytes, results);
        fflush(results);
    }
    network_copy(network, output, network->output, network->output_bytes);
    fwrite(output, 1, OUTPUT_BYTES, results);
    return fclose(results) != 0;
}
