/// Spreads attempts over time without a random number generator, so that events rebuild the same case: the share is
/// drawn from the command's own identity.
enum Jitter {
    /// A number in 0..<1 that depends on the key and the attempt alone (FNV-1a, 64 bits, finished by a multiplication).
    static func fraction(of key: String, attempt: Int) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ UInt64(truncatingIfNeeded: attempt)) &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 32
        return Double(hash >> 11) / Double(1 << 53)
    }
}
