public import RefundPolicy

extension Calculation {
    /// Such as `10.00 USD × 7000 / 10000 (usage) = 7.00 USD, rounded half_up`.
    public var text: String {
        basis == .full
            ? "all that was paid: \(refund)"
            : "\(paid) × \(numerator) / \(denominator) (\(basis.rawValue)) = \(refund), rounded \(rounding.rawValue)"
    }
}
