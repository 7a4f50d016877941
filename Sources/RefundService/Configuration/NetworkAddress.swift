internal import Glibc

/// An IPv4 or IPv6 address, without a port.
///
/// An IPv4 address that was written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address.
public struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16, in network order.
    public let bytes: [UInt8]

    /// Reads an address as it is written; a zone (`%eth0`) does not count.
    ///
    /// - Returns: `nil` for what is no address, such as a name.
    public init?(_ text: some StringProtocol) {
        let text = String(text.prefix { $0 != "%" })
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let all = withUnsafeBytes(of: &six) { Array($0) }
            bytes = all.starts(with: NetworkAddress.mapped) ? Array(all.suffix(4)) : all
        } else {
            return nil
        }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    /// Whom the address belongs to, as far as that can be told: an IPv4 address itself, and of IPv6 the network of 64 bits,
    /// since whoever has one address of it has all.
    public var neighbourhood: NetworkAddress {
        bytes.count == 4 ? self : NetworkAddress(bytes: bytes.prefix(8) + Array(repeating: 0, count: 8))
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return text.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}

/// An address, or a network of addresses such as `10.0.0.0/8`.
public struct AddressBlock: Hashable, Sendable, CustomStringConvertible {
    private let network: NetworkAddress
    private let length: Int

    /// Reads `ADDRESS` or `ADDRESS/BITS`.
    public init?(_ text: some StringProtocol) {
        let sides = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = sides.first, let network = NetworkAddress(first) else { return nil }
        let bits = network.bytes.count * 8
        let length = sides.count > 1 ? Int(sides[1]) : bits
        guard let length, (0...bits).contains(length) else { return nil }
        self.network = network
        self.length = length
    }

    public func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == network.bytes.count else { return false }
        return zip(address.bytes, network.bytes).enumerated().allSatisfy { place, pair in
            let bits = min(max(length - place * 8, 0), 8)
            return (pair.0 ^ pair.1) >> UInt8(8 - bits) == 0
        }
    }

    public var description: String { "\(network)/\(length)" }
}
