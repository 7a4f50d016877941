public import RefundPolicy
internal import RefundWorker

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
        Stake.sums(of: paid.values.map { ($0.currency.code, $0.minorUnits) }).map(\.amount)
    }
}
