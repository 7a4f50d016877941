public import RefundPolicy

extension PolicyVersion {
    /// Such as `standard 2022-02-12, terms eu-consumers`.
    public var title: String {
        "\(name) \(version)" + (termsName.map { ", terms \($0)" } ?? "")
    }
}

extension RuleFinding {
    /// Whether the rule holds, in a word.
    public var holdsText: String {
        holds.map { $0 ? "yes" : "no" } ?? "?"
    }
}

extension Calculation {
    /// Such as `10.00 USD × 7000 / 10000 (usage) = 7.00 USD, rounded half_up`.
    public var text: String {
        basis == .full
            ? "all that was paid: \(refund)"
            : "\(paid) × \(numerator) / \(denominator) (\(basis.rawValue)) = \(refund), rounded \(rounding.rawValue)"
    }
}
