// libpq for Swift: PostgreSQL's client library (https://www.postgresql.org/docs/current/libpq.html).

#ifndef CPOSTGRESQL_SHIM_H
#define CPOSTGRESQL_SHIM_H

#include <libpq-fe.h>
#include <poll.h>

// The importer leaves out macros that stand for characters.
static const int cpostgresql_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int cpostgresql_sqlstate = PG_DIAG_SQLSTATE;
static const int cpostgresql_detail = PG_DIAG_MESSAGE_DETAIL;
static const int cpostgresql_constraint = PG_DIAG_CONSTRAINT_NAME;

#endif
