internal import RefundService

/// Who asks, as far as that can be known: by the connection, or by the word of a proxy that is trusted.
struct Visitor: Hashable, Sendable {
    /// An address, or that of its network of 64 bits (IPv6).
    let address: String
    /// The browser speaks TLS, with the proxy.
    let isSecure: Bool

    /// - Parameters:
    ///   - peer: the other side of the connection.
    ///   - forwardedFor: the header `X-Forwarded-For`: each proxy appends whom it serves.
    ///   - forwardedProto: the header `X-Forwarded-Proto`.
    init(peer: String, forwardedFor: String?, forwardedProto: String?, proxies: [AddressBlock]) {
        func isTrusted(_ address: NetworkAddress) -> Bool { proxies.contains { $0.contains(address) } }
        guard let direct = NetworkAddress(peer), isTrusted(direct) else {
            address = NetworkAddress(peer)?.neighbourhood.description ?? peer
            isSecure = false
            return
        }
        // What stands left of the first one that is not trusted, anybody may have written.
        var client = direct
        for hop in (forwardedFor ?? "").split(separator: ",").reversed() {
            guard isTrusted(client), let next = NetworkAddress(hop.filter { $0 != " " }) else { break }
            client = next
        }
        address = client.neighbourhood.description
        let schemes = (forwardedProto ?? "").split(separator: ",").map { $0.filter { $0 != " " }.lowercased() }
        isSecure = !schemes.isEmpty && schemes.allSatisfy { $0 == "https" }
    }
}
