/* A Fourier transform of 16 points, radix 2, with the complex numbers and the bit reversal of CORE-V; ends with 0 if all
 * points are those of the same transform in C. */
#include "runtime.h"

#define LOG 4
#define POINTS (1 << LOG)

/* exp(-2 pi j k / 16) in Q15: the real part in the lower half. */
static const int16_t twiddles[POINTS / 2][2] = {
    {32767, 0},  {30273, -12539},  {23170, -23170},  {12539, -30273},
    {0, -32768}, {-12539, -30273}, {-23170, -23170}, {-30273, -12539},
};

static uint32_t pack(int32_t real, int32_t imaginary)
{
    return (uint32_t)imaginary << 16 | (uint16_t)real;
}

#define RRR(name, mnemonic)                                                                                            \
    static uint32_t name(uint32_t a, uint32_t b)                                                                       \
    {                                                                                                                  \
        uint32_t result;                                                                                               \
        __asm__(mnemonic " %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));                                               \
        return result;                                                                                                 \
    }
RRR(half_sum, "cv.add.div2")
RRR(half_difference, "cv.sub.div2")

static uint32_t product(uint32_t a, uint32_t b)
{
    uint32_t result = 0;
    __asm__("cv.cplxmul.r %0, %1, %2\n\tcv.cplxmul.i %0, %1, %2" : "+&r"(result) : "r"(a), "r"(b));
    return result;
}

static int32_t real(uint32_t a)
{
    return (int16_t)a;
}

static int32_t imaginary(uint32_t a)
{
    return (int16_t)(a >> 16);
}

/* The same three without the instructions. */
static uint32_t half_sum_in_c(uint32_t a, uint32_t b)
{
    return pack((int16_t)(real(a) + real(b)) >> 1, (int16_t)(imaginary(a) + imaginary(b)) >> 1);
}

static uint32_t half_difference_in_c(uint32_t a, uint32_t b)
{
    return pack((int16_t)(real(a) - real(b)) >> 1, (int16_t)(imaginary(a) - imaginary(b)) >> 1);
}

static uint32_t product_in_c(uint32_t a, uint32_t b)
{
    return pack((real(a) * real(b) - imaginary(a) * imaginary(b)) >> 15,
                (real(a) * imaginary(b) + imaginary(a) * real(b)) >> 15);
}

static uint32_t reverse_in_c(uint32_t number)
{
    uint32_t reversed = 0;
    for (uint32_t bit = 0; bit < LOG; bit++)
        reversed |= (number >> bit & 1) << (LOG - 1 - bit);
    return reversed;
}

typedef uint32_t (*operation)(uint32_t, uint32_t);

static void transform(uint32_t *points, operation sum, operation difference, operation times)
{
    for (uint32_t length = 1; length < POINTS; length *= 2)
        for (uint32_t start = 0; start < POINTS; start += 2 * length)
            for (uint32_t k = 0; k < length; k++) {
                const int16_t *w = twiddles[k * (POINTS / 2 / length)];
                uint32_t a = points[start + k], b = times(points[start + k + length], pack(w[0], w[1]));
                points[start + k] = sum(a, b);
                points[start + k + length] = difference(a, b);
            }
}

int main(void)
{
    uint32_t with[POINTS], without[POINTS], state = 1;
    for (uint32_t i = 0; i < POINTS; i++) {
        state = state * 1664525 + 1013904223;
        if ((__builtin_bitreverse32(i) >> (32 - LOG)) != reverse_in_c(i))
            return 1;
        with[__builtin_bitreverse32(i) >> (32 - LOG)] = without[reverse_in_c(i)] = state;
    }
    transform(with, half_sum, half_difference, product);
    transform(without, half_sum_in_c, half_difference_in_c, product_in_c);
    for (uint32_t i = 0; i < POINTS; i++)
        if (with[i] != without[i])
            return 2;
    return 0;
}
