/* Every intrinsic of xdecimate.h on pseudo-random operands: the results are the same on the core and on a PC. */
#include "xdecimate.h"

#define ROUNDS 200
#ifdef XDECMAC
#define PER_ROUND (28 + 2 * XDECMAC_POSITIONS + XDECMAC_POSITIONS / 4)
#else
#define PER_ROUND 24
#endif

uint32_t results[ROUNDS * PER_ROUND];
static uint8_t memory[4 * 16 * 16] __attribute__((aligned(4)));

static uint32_t next(void)
{
    static uint32_t state = 12345;
    state = state * 1664525 + 1013904223;
    return state ^ state >> 15;
}

/* Extremes as often as anything else. */
static int32_t operand(void)
{
    static const uint32_t special[] = {0, 1, 0x7f, 0x80, 0xffffff80, 0xffffff7f, 0x7fffffff, 0x80000000, 0xffffffff};
    uint32_t choice = next() % 18;
    return (int32_t)(choice < 9 ? special[choice] : next());
}

int main(void)
{
    uint32_t *out = results;
    for (unsigned i = 0; i < sizeof memory; i++)
        memory[i] = (uint8_t)next();
    for (unsigned round = 0; round < ROUNDS; round++) {
        int32_t rd = operand(), a = operand(), b = operand();
        uint32_t indices = next();
        const int32_t words[2] = {a, b}, *word = words;
        int8_t bytes[4] = {0, 0, 0, 0}, *byte = bytes;

        *out++ = (uint32_t)cv_min(a, b);
        *out++ = (uint32_t)cv_max(a, b);
        *out++ = (uint32_t)cv_pack(a, b);
        *out++ = (uint32_t)cv_pack_h(a, b);
        *out++ = (uint32_t)cv_mac(rd, a, b);
        *out++ = (uint32_t)cv_sdotsp_b(rd, a, b);
        *out++ = (uint32_t)cv_shuffle2_b(rd, a, b);
        *out++ = (uint32_t)cv_packlo_b(rd, a, b);
        *out++ = (uint32_t)cv_packhi_b(rd, a, b);
        *out++ = (uint32_t)cv_clip_int8(a);
        *out++ = (uint32_t)cv_clipu_int8(a);
        *out++ = (uint32_t)cv_lw_next(&word);
        *out++ = (uint32_t)cv_lw_next(&word);
        *out++ = (uint32_t)(word - words);
        cv_sb_next(&byte, a);
        cv_sb_next(&byte, b);
        *out++ = (uint32_t)(byte - bytes);
        *out++ = (uint32_t)(uint8_t)bytes[0] << 16 | (uint8_t)bytes[1];

        xdecimate_counter_write(next() % 16);
        *out++ = xdecimate_m4((uint32_t)rd, memory, indices);
        *out++ = xdecimate_m8((uint32_t)rd, memory, indices);
        *out++ = xdecimate_m16((uint32_t)rd, memory, indices);
        *out++ = xdecimate_counter_read();
        xdecimate_counter_write(0x1ffff);
        *out++ = xdecimate_counter_read();
        xdecimate_clear();
        *out++ = xdecimate_counter_read();
        *out++ = xdecimate_m8(xdecimate_m8((uint32_t)rd, memory, indices), memory, indices);
        *out++ = xdecimate_counter_read();
#ifdef XDECMAC
        for (unsigned position = 0; position < XDECMAC_POSITIONS; position++)
            (void)xdecmac_accumulator_exchange(operand());
        xdecimate_counter_write(next() % 16);
        xdecmac_m1((uint32_t)rd, memory, indices);
        xdecmac_m4((uint32_t)a, memory + 1, indices);
        *out++ = (uint32_t)xdecmac_accumulator_read();
        xdecmac_m8((uint32_t)b, memory + 2, indices);
        xdecmac_m16((uint32_t)next(), memory + 3, indices);
        *out++ = xdecimate_counter_read();
        for (unsigned position = 0; position < 2 * XDECMAC_POSITIONS; position++)
            *out++ = (uint32_t)xdecmac_accumulator_exchange(operand());
        for (unsigned quad = 0; quad < XDECMAC_POSITIONS / 4; quad++)
            *out++ = xdecq(next(), rd);
        *out++ = xdecimate_counter_read();
        *out++ = (uint32_t)xdecmac_accumulator_read();
#endif
    }
    return 0;
}
