// librabbitmq 0.11 for Swift: its headers, and what the importer cannot do by itself.

#ifndef CRABBITMQ_SHIM_H
#define CRABBITMQ_SHIM_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/// Sends at once what the kernel still holds back because the library's last send said "more follows".
/// Setting TCP_NODELAY, even when it is set already, pushes the queued segments (tcp(7)). 0, or -1 with errno.
static inline int crabbitmq_push_queued_segments(int socket) {
    int on = 1;
    return setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// Lets the kernel end the connection once sent or queued bytes have waited this long for the peer
/// (TCP_USER_TIMEOUT, tcp(7)): the library's own sends have no time limit. 0, or -1 with errno.
static inline int crabbitmq_limit_unacknowledged(int socket, unsigned int milliseconds) {
    return setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

/// Lets OpenSSL itself hold the broker's certificate against a name, and only against its alternative names: where there
/// are none, the library would take the subject's common name (RFC 9525, section 2, takes it no more). 1 if it will.
static inline int crabbitmq_require_alternative_name(amqp_socket_t *socket, const char *host) {
    SSL_CTX *context = (SSL_CTX *)amqp_ssl_socket_get_context(socket);
    if (context == NULL) return 0;
    X509_VERIFY_PARAM *verification = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(verification, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(verification, host, 0);
}

/// The earlier of two ends, in seconds since 1970; 0 stands for none.
static inline int64_t crabbitmq_earlier_end(int64_t end, const X509 *certificate) {
    struct tm parts;
    if (certificate == NULL || !ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts)) return end;
    int64_t other = (int64_t)timegm(&parts);
    return end == 0 || other < end ? other : end;
}

/// Looks at each certificate of the broker's chain while OpenSSL verifies it, and has no say in that.
static inline int crabbitmq_look_at_certificate(int is_good, X509_STORE_CTX *verification) {
    SSL *ssl = (SSL *)X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx());
    SSL_CTX *context = ssl == NULL ? NULL : SSL_get_SSL_CTX(ssl);
    if (context != NULL) {
        int64_t end = (int64_t)(intptr_t)SSL_CTX_get_app_data(context);
        end = crabbitmq_earlier_end(end, X509_STORE_CTX_get_current_cert(verification));
        SSL_CTX_set_app_data(context, (void *)(intptr_t)end);
    }
    return is_good;
}

/// Lets the ends of the certificates be known once the socket is open; before it is opened.
static inline void crabbitmq_watch_certificates(amqp_socket_t *socket) {
    SSL_CTX *context = (SSL_CTX *)amqp_ssl_socket_get_context(socket);
    if (context == NULL) return;
    SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), crabbitmq_look_at_certificate);
}

/// When the first certificate ends of those by which both ends have shown who they are, in seconds since 1970; 0 where none
/// is known.
static inline int64_t crabbitmq_certificates_end(amqp_socket_t *socket) {
    SSL_CTX *context = (SSL_CTX *)amqp_ssl_socket_get_context(socket);
    if (context == NULL) return 0;
    int64_t end = (int64_t)(intptr_t)SSL_CTX_get_app_data(context);
    return crabbitmq_earlier_end(end, SSL_CTX_get0_certificate(context));
}

/// send(2); a peer that has gone is an error, not a signal. How many bytes went, or -1 with errno.
static inline ssize_t crabbitmq_send(int socket, const void *bytes, size_t size) {
    return send(socket, bytes, size, MSG_NOSIGNAL);
}

#endif
