public import RefundPolicy

/// What the sandbox's systems have done: each key once, however often it was delivered.
public struct SandboxLedger: Sendable {
    /// Deliveries of commands, re-sends included.
    public private(set) var deliveries = 0
    /// Deliveries that got no reply.
    public private(set) var silences = 0
    public private(set) var revoked: Set<String> = []
    public private(set) var paid: [String: Money] = [:]
    public private(set) var failed: Set<String> = []

    public init() {}

    mutating func note(_ command: SandboxCommand, _ outcome: SandboxBehaviour.Outcome, isAnswered: Bool) {
        deliveries += 1
        if !isAnswered { silences += 1 }
        switch outcome {
        case .failed: failed.insert(command.key)
        case .succeeded:
            if let refund = command.refund { paid[command.key] = refund } else { revoked.insert(command.key) }
        }
    }

    /// What was paid in each currency, in the order of their codes.
    public var totals: [Money] {
        var sums: [Currency: Int64] = [:]
        for money in paid.values {
            sums[money.currency, default: 0] = sums[money.currency, default: 0] &+ money.minorUnits
        }
        return sums.sorted { $0.key.code < $1.key.code }.compactMap { Money(minorUnits: $0.value, currency: $0.key) }
    }
}
