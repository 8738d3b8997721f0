#include "CLinux.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdint.h>
#include <string.h>

enum { VECTORS_256 = 0x06, VECTORS_512 = 0xE6 };

struct leaf {
    unsigned int a, b, c, d;
};

static struct leaf read_leaf(unsigned int number) {
    struct leaf leaf = {0, 0, 0, 0};
    __get_cpuid_count(number, 0, &leaf.a, &leaf.b, &leaf.c, &leaf.d);
    return leaf;
}

static bool has(unsigned int value, unsigned int bits) {
    return (value & bits) == bits;
}

// The register sets that the kernel saves: without that, an instruction that exists can't be used.
static bool saves(unsigned int features, unsigned int sets) {
    if (!has(features, bit_OSXSAVE)) return false;
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return has(low, sets);
}

// The levels are those of the x86-64 psABI, section "Micro-Architecture Levels"; the rest is glibc
// 2.36 sysdeps/x86/cpu-features.c (update_active, init_cpu_features).
struct clinux_x86_features clinux_x86_features(void) {
    struct clinux_x86_features features = {1, false, false};
    struct leaf vendor = read_leaf(0), basic = read_leaf(1), extended = read_leaf(7),
                amd = read_leaf(0x80000001);
    char name[12];
    memcpy(name, &vendor.b, 4);
    memcpy(name + 4, &vendor.d, 4);
    memcpy(name + 8, &vendor.c, 4);
    bool is_intel = memcmp(name, "GenuineIntel", 12) == 0;

    bool is_v2 = has(basic.c, bit_CMPXCHG16B | bit_POPCNT | bit_SSE3 | bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2)
        && has(amd.c, bit_LAHF_LM);
    bool has_haswell = saves(basic.c, VECTORS_256)
        && has(basic.c, bit_AVX | bit_FMA | bit_MOVBE | bit_POPCNT)
        && has(extended.b, bit_AVX2 | bit_BMI | bit_BMI2) && has(amd.c, bit_ABM);
    bool is_v3 = is_v2 && has_haswell && has(basic.c, bit_F16C);
    bool has_avx512 = saves(basic.c, VECTORS_512)
        && has(extended.b, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL);

    if (is_v2) features.level = 2;
    if (is_v3) features.level = 3;
    if (is_v3 && has_avx512) features.level = 4;
    features.is_haswell = is_intel && has_haswell;
    features.has_avx512_1 = is_intel && has_avx512 && !has(extended.b, bit_AVX512ER);
    return features;
}
#else
struct clinux_x86_features clinux_x86_features(void) {
    struct clinux_x86_features features = {0, false, false};
    return features;
}
#endif
