// What Verilator's FST writer asks of liblz4, so that traces need no library: a small greedy compressor that writes
// the LZ4 block format (token, literals, 16-bit distance, match length; the last five bytes are always literals).
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

inline int LZ4_compressBound(int size) { return size + size / 255 + 16; }

inline int LZ4_compress_default(const char* source, char* target, int size, int) {
    constexpr int kMinimum = 4, kMatchStartLimit = 12, kTail = 5, kDistance = 65535, kHashBits = 12;
    char* out = target;
    const auto put_length = [&out](int rest) {
        for (; rest >= 255; rest -= 255) *out++ = static_cast<char>(255);
        *out++ = static_cast<char>(rest);
    };
    const auto put_literals = [&](int from, int to, int match) {
        const int count = to - from;
        *out++ = static_cast<char>((count < 15 ? count : 15) << 4 | (match < 15 ? match : 15));
        if (count >= 15) put_length(count - 15);
        std::memcpy(out, source + from, count);
        out += count;
    };
    std::vector<int> last(1 << kHashBits, -1);
    int literals = 0;
    for (int here = 0; here < size - kMatchStartLimit;) {
        std::uint32_t word;
        std::memcpy(&word, source + here, sizeof word);
        int& slot = last[word * 2654435761U >> (32 - kHashBits)];
        const int match = slot;
        slot = here;
        if (match < 0 || here - match > kDistance || std::memcmp(source + match, source + here, kMinimum) != 0) {
            ++here;
            continue;
        }
        int length = kMinimum;
        while (here + length < size - kTail && source[match + length] == source[here + length]) ++length;
        put_literals(literals, here, length - kMinimum);
        *out++ = static_cast<char>((here - match) & 255);
        *out++ = static_cast<char>((here - match) >> 8);
        if (length - kMinimum >= 15) put_length(length - kMinimum - 15);
        here += length;
        literals = here;
    }
    put_literals(literals, size, 0);
    return static_cast<int>(out - target);
}
