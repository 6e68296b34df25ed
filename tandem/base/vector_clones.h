// Inner loops compiled for several generations of vector instructions; the machine's own is chosen
// when it runs.
#pragma once

// Not under sanitizers: the choice is made before their runtime is ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define TANDEM_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2,fma", "default")))
#else
#define TANDEM_VECTOR_CLONES
#endif
