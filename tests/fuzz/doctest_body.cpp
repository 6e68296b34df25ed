// The tests' precompiled header, which the replay shares, refers to doctest's body. No test case is
// run by it.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
