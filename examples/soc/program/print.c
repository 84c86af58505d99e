#include <stdarg.h>
#include <stdint.h>

#include "print.h"

/* Reads as 1 while it is busy; what is written is sent. */
#define UART (*(volatile uint32_t *)0x1A10000C)

static void put(char character)
{
    while (UART & 1)
        ;
    UART = (uint8_t)character;
}

static void put_text(const char *text)
{
    while (*text)
        put(*text++);
}

/* Digits from the last to the first: each is a remainder of a division. */
static void put_number(uint32_t value, uint32_t base, int negative, int width, char fill)
{
    char digits[12];
    int count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    if (negative)
        digits[count++] = '-';
    while (width-- > count)
        put(fill);
    while (count)
        put(digits[--count]);
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        char fill = ' ';
        int width = 0;
        if (*++format == '0')
            fill = '0';
        for (; *format >= '0' && *format <= '9'; format++)
            width = 10 * width + *format - '0';
        if (*format == 'd') {
            int32_t value = va_arg(arguments, int32_t);
            uint32_t magnitude = value < 0 ? -(uint32_t)value : (uint32_t)value;
            put_number(magnitude, 10, value < 0, width, fill);
        } else if (*format == 'u' || *format == 'x') {
            put_number(va_arg(arguments, uint32_t), *format == 'u' ? 10 : 16, 0, width, fill);
        } else if (*format == 's') {
            put_text(va_arg(arguments, const char *));
        } else if (*format == 'c') {
            put((char)va_arg(arguments, int));
        } else {
            put(*format);
        }
    }
    va_end(arguments);
}
