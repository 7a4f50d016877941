#include "build_record.h"

#include <stddef.h>

#define QUOTED(word) #word
#define TEXT(name) QUOTED(name)

const char *build_record_commit(void) {
#ifdef REFUND_BUILD_COMMIT
    return TEXT(REFUND_BUILD_COMMIT);
#else
    return NULL;
#endif
}

const char *build_record_date(void) {
#ifdef REFUND_BUILD_DATE
    return TEXT(REFUND_BUILD_DATE);
#else
    return NULL;
#endif
}

const char *build_record_swift(void) {
#ifdef REFUND_BUILD_SWIFT
    return TEXT(REFUND_BUILD_SWIFT);
#else
    return NULL;
#endif
}
