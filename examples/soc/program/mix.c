#include "mix.h"

#define NODES 12
#define SIDE 4

/* Reflected CRC-16 of ARC. */
static uint16_t checksum(uint16_t crc, uint32_t word)
{
    for (int bit = 0; bit < 32; bit++, word >>= 1) {
        int feedback = (crc ^ word) & 1;
        crc >>= 1;
        if (feedback)
            crc ^= 0xA001;
    }
    return crc;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

struct node {
    struct node *next;
    int16_t value;
};

static struct node *merge(struct node *a, struct node *b)
{
    struct node head, *last = &head;
    while (a && b) {
        struct node **least = a->value <= b->value ? &a : &b;
        last = last->next = *least;
        *least = last->next;
    }
    last->next = a ? a : b;
    return head.next;
}

/* Merge sort: recursion, and pointers that loads give. */
static struct node *sort(struct node *list)
{
    if (!list || !list->next)
        return list;
    struct node *middle = list, *end = list->next;
    while (end && end->next) {
        middle = middle->next;
        end = end->next->next;
    }
    struct node *rest = middle->next;
    middle->next = 0;
    return merge(sort(list), sort(rest));
}

static uint16_t list_part(uint16_t crc, uint32_t *random)
{
    static struct node nodes[NODES];
    struct node *list = 0;
    for (int i = 0; i < NODES; i++) {
        nodes[i] = (struct node){list, (int16_t)next_random(random)};
        list = &nodes[i];
    }
    int place = 0;
    for (const struct node *node = sort(list); node; node = node->next)
        crc = checksum(crc, (uint32_t)(node->value * ++place));
    return crc;
}

/* Products of signed halves, and their sums at 32 bits. */
static uint16_t matrix_part(uint16_t crc, uint32_t *random)
{
    static int16_t a[SIDE][SIDE], b[SIDE][SIDE];
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = (int16_t)next_random(random);
            b[i][j] = (int16_t)next_random(random);
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            uint32_t sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += (uint32_t)(a[i][k] * b[k][j]);
            crc = checksum(crc, sum);
        }
    return crc;
}

enum state { START, SIGN, INTEGER, FRACTION, INVALID, STATES };

/* The kind of number that a text is. */
static enum state scan(const char *text)
{
    enum state state = START;
    for (; *text; text++) {
        int digit = *text >= '0' && *text <= '9';
        switch (state) {
        case START:
            state = digit ? INTEGER : *text == '+' || *text == '-' ? SIGN : INVALID;
            break;
        case SIGN:
            state = digit ? INTEGER : INVALID;
            break;
        case INTEGER:
            state = digit ? INTEGER : *text == '.' ? FRACTION : INVALID;
            break;
        case FRACTION:
            state = digit ? FRACTION : INVALID;
            break;
        default:
            return INVALID;
        }
    }
    return state;
}

static uint16_t state_part(uint16_t crc, uint32_t *random)
{
    static const char letters[] = "0123456789+-.x";
    uint32_t counts[STATES] = {0};
    for (int word = 0; word < 8; word++) {
        char text[8];
        uint32_t length = next_random(random) % (sizeof text - 1);
        for (uint32_t i = 0; i < length; i++)
            text[i] = letters[next_random(random) % (i ? 13 : 12)];
        text[length] = 0;
        counts[scan(text)]++;
    }
    for (int state = 0; state < STATES; state++)
        crc = checksum(crc, counts[state]);
    return crc;
}

uint16_t mix(uint32_t seed, int rounds)
{
    uint16_t crc = 0xFFFF;
    while (rounds--) {
        crc = list_part(crc, &seed);
        crc = matrix_part(crc, &seed);
        crc = state_part(crc, &seed);
    }
    return crc;
}
