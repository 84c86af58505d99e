/* A small printf over the UART. */
#ifndef PRINT_H
#define PRINT_H

/* %c, %s, %d, %u and %x; a number may have a width, which spaces or zeros fill: %5d, %08x. */
void print(const char *format, ...);

#endif
