#define _GNU_SOURCE
#include "CLinux.h"

#include <stdint.h>
#include <string.h>

/// A longer pattern that is nearly found at every place would take too long.
enum { short_pattern = 64 };

typedef uint8_t Block __attribute__((vector_size(16)));

static Block block(const void *bytes) {
    Block block;
    memcpy(&block, bytes, sizeof block);
    return block;
}

static int is_zero(Block block) {
    uint64_t halves[2];
    memcpy(halves, &block, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/// memmem(3), which looks at one byte after the other: here the first and the last byte of the pattern
/// are looked for in many places at once.
static const char *search(
    const char *bytes, unsigned long size, const char *pattern, unsigned long pattern_size) {
    if (pattern_size < 2 || pattern_size > short_pattern) return memmem(bytes, size, pattern, pattern_size);
    const unsigned long last = pattern_size - 1;
    const Block zero = {0}, first_byte = zero + (uint8_t)pattern[0], last_byte = zero + (uint8_t)pattern[last];
    unsigned long place = 0;
    for (; place + last + sizeof(Block) <= size; place += sizeof(Block)) {
        const Block hits = (Block)(block(bytes + place) == first_byte)
            & (Block)(block(bytes + place + last) == last_byte);
        if (is_zero(hits)) continue;
        for (unsigned long i = 0; i < sizeof(Block); i++)
            if (hits[i] && memcmp(bytes + place + i, pattern, pattern_size) == 0) return bytes + place + i;
    }
    return memmem(bytes + place, size - place, pattern, pattern_size);
}

long clinux_find(
    const void *bytes, unsigned long size, const void *pattern, unsigned long pattern_size) {
    const char *hit = search(bytes, size, pattern, pattern_size);
    return hit ? hit - (const char *)bytes : -1;
}

long clinux_next_word_end(
    const void *memory, unsigned long size, unsigned long from, const unsigned char *is_last) {
    const uint8_t *bytes = memory;
    int low = 0, high = 255;
    while (low < 256 && !is_last[low]) low++;
    while (high > low && !is_last[high]) high--;
    if (low == 256) return -1;
    const Block zero = {0}, lowest = zero + (uint8_t)low, highest = zero + (uint8_t)high;
    unsigned long place = from < 1 ? 1 : from;
    for (; place + sizeof(Block) <= size; place += sizeof(Block)) {
        const Block before = block(bytes + place - 1);
        const Block hits = (Block)(block(bytes + place) == zero) & (Block)(before >= lowest)
            & (Block)(before <= highest);
        if (is_zero(hits)) continue;
        for (unsigned long i = place; i < place + sizeof(Block); i++)
            if (!bytes[i] && is_last[bytes[i - 1]]) return (long)i;
    }
    for (; place < size; place++)
        if (!bytes[place] && is_last[bytes[place - 1]]) return (long)place;
    return -1;
}

long clinux_next_pair(
    const void *memory, unsigned long size, unsigned long from, const unsigned char *flags) {
    const uint8_t *bytes = memory;
    for (unsigned long place = from; place + 1 < size; place += 2)
        if (flags[bytes[place] | bytes[place + 1] << 8]) return (long)place;
    return -1;
}

/// Lines may end and have tabs within a text.
static int is_printable(char byte) {
    return (byte >= 0x20 && byte <= 0x7E) || byte == '\n' || byte == '\t';
}

int clinux_next_text(
    const char *bytes, unsigned long size, unsigned long from, const char *part, unsigned long part_size,
    int begins, unsigned long *first, unsigned long *end) {
    while (from < size) {
        const char *hit = search(bytes + from, size - from, part, part_size);
        if (!hit) return 0;
        unsigned long place = (unsigned long)(hit - bytes), start = place, stop = place + part_size;
        if (begins && start > 0 && is_printable(bytes[start - 1])) {
            from = place + 1;
            continue;
        }
        while (!begins && start > 0 && is_printable(bytes[start - 1])) start--;
        while (stop < size && is_printable(bytes[stop])) stop++;
        if (stop < size && bytes[stop] == 0) {
            *first = start;
            *end = stop;
            return 1;
        }
        from = stop + 1;
    }
    return 0;
}

int clinux_next_slash_text(
    const char *bytes, unsigned long size, unsigned long from, unsigned long seen, unsigned long limit,
    unsigned long *slash, unsigned long *first, unsigned long *end) {
    if (from >= size) return 0;
    const char *hit = memchr(bytes + from, '/', size - from);
    if (!hit) return 0;
    unsigned long place = (unsigned long)(hit - bytes), start = place, stop = place + 1;
    *slash = place;
    *first = *end = place;
    if (place < seen) return 1;
    while (start > 0 && place - start < limit && is_printable(bytes[start - 1])) start--;
    while (stop < size && stop - place < limit && is_printable(bytes[stop])) stop++;
    *first = start;
    *end = stop;
    return 1;
}
