/* Transposition of four words of four bytes. */
#ifndef TRANSPOSE_H
#define TRANSPOSE_H

/* Byte selectors: the even, and the odd, bytes of two words. */
#define EVEN_BYTES 0x06040200
#define ODD_BYTES 0x07050301

/* Assembly of statements whose operands even and odd are these: rows in t0 to t3, columns in t4, t2, t0 and t3; uses
 * t5. 10 instructions. */
#define TRANSPOSE_4X4                     \
    "cv.pack t4, t1, t0\n"                \
    "cv.pack.h t0, t1, t0\n"              \
    "cv.pack t5, t3, t2\n"                \
    "cv.pack.h t1, t3, t2\n"              \
    "mv t2, t4\n"                         \
    "cv.shuffle2.b t4, t5, %[even]\n"     \
    "cv.shuffle2.b t2, t5, %[odd]\n"      \
    "mv t3, t0\n"                         \
    "cv.shuffle2.b t0, t1, %[even]\n"     \
    "cv.shuffle2.b t3, t1, %[odd]\n"

#endif
