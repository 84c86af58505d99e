"""The small device that simulations have in the peripherals region: interrupts on demand and a text output.

Registers are words and are written with ``sw``. An interrupt register is written with a number n: 0 lowers
the core's interrupt pin, any other raises it n clock cycles after the store, and it stays up until the next
write. Reading gives 1 while the pin is up, else 0.
"""

from hw.config import MEMORY_MAP

SOFTWARE_INTERRUPT = MEMORY_MAP.peripherals.base
TIMER_INTERRUPT = MEMORY_MAP.peripherals.base + 4
EXTERNAL_INTERRUPT = MEMORY_MAP.peripherals.base + 8
#: The low byte of what is written here is appended to the program's output; reads as 0.
CHARACTER_OUTPUT = MEMORY_MAP.peripherals.base + 12

REGISTERS = (SOFTWARE_INTERRUPT, TIMER_INTERRUPT, EXTERNAL_INTERRUPT, CHARACTER_OUTPUT)
