#ifndef BUILD_RECORD_H
#define BUILD_RECORD_H

// What was recorded of this build, by deploy/build through Package.swift; NULL for what was not.

/// The commit, such as 1a2b3c4d; with -modified behind it where files were changed since.
const char *build_record_commit(void);

/// The day, such as 2026-11-24, in UTC.
const char *build_record_date(void);

/// The compiler's version, such as 6.3.1.
const char *build_record_swift(void);

#endif
