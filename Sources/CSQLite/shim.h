// What Swift can't import of SQLite: functions with a variable number of arguments.

#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

// Lets SQLite count no memory: each allocation takes a process-wide lock for it otherwise, and Debian's SQLite makes a
// hundred of them for each request. Must be called before the first connection is opened; does nothing later
// (https://www.sqlite.org/c3ref/c_config_covering_index_scan.html, SQLITE_CONFIG_MEMSTATUS).
static inline int csqlite_count_no_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

#endif
