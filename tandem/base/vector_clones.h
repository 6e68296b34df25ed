// Compiles inner loops for several generations of vector instructions; the right version for the
// machine is chosen at run time.
#pragma once

// Not under sanitizers: the choice is made before their runtime is ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define TANDEM_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2,fma", "default")))
#else
#define TANDEM_VECTOR_CLONES
#endif
