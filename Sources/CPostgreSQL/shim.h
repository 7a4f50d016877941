// libpq for Swift: PostgreSQL's client library (https://www.postgresql.org/docs/current/libpq.html).

#ifndef CPOSTGRESQL_SHIM_H
#define CPOSTGRESQL_SHIM_H

#include <libpq-fe.h>
#include <poll.h>
#include <stdint.h>
#include <time.h>

#include <openssl/ssl.h>

// The importer leaves out macros that stand for characters.
static const int cpostgresql_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int cpostgresql_sqlstate = PG_DIAG_SQLSTATE;
static const int cpostgresql_detail = PG_DIAG_MESSAGE_DETAIL;
static const int cpostgresql_constraint = PG_DIAG_CONSTRAINT_NAME;

/// The earlier of two ends, in seconds since 1970; 0 stands for none.
static inline int64_t cpostgresql_earlier_end(int64_t end, const X509 *certificate) {
    struct tm parts;
    if (certificate == NULL || !ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts)) return end;
    int64_t other = (int64_t)timegm(&parts);
    return end == 0 || other < end ? other : end;
}

/// When the first certificate ends of the server's chain and the client's own, in seconds since 1970; 0 without TLS. The
/// chain ends in the root that it is trusted by; without verification it is what the server has shown.
static inline int64_t cpostgresql_certificates_end(PGconn *connection) {
    SSL *ssl = (SSL *)PQsslStruct(connection, "OpenSSL");
    if (ssl == NULL) return 0;
    int64_t end = 0;
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    if (chain == NULL) chain = SSL_get_peer_cert_chain(ssl);
    for (int place = 0; place < sk_X509_num(chain); place++) {
        end = cpostgresql_earlier_end(end, sk_X509_value(chain, place));
    }
    return cpostgresql_earlier_end(end, SSL_get_certificate(ssl));
}

#endif
