// librabbitmq 0.11 for Swift: its headers, and what the importer cannot do by itself.

#ifndef CRABBITMQ_SHIM_H
#define CRABBITMQ_SHIM_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

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

/// send(2); a peer that has gone is an error, not a signal. How many bytes went, or -1 with errno.
static inline ssize_t crabbitmq_send(int socket, const void *bytes, size_t size) {
    return send(socket, bytes, size, MSG_NOSIGNAL);
}

#endif
