"""The core: RV32IM_Zicsr with CORE-V extensions, four stages IF, ID, EX, WB."""
