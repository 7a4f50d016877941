/// What the one-refund rule counts by (contract § 3, "The line"): one service, or one subscription to it, on one invoice.
///
/// Compared byte for byte as it was spelled; `identity` is what all spellings of a line have in common.
public struct InvoiceLine: Sendable {
    /// One object for all copies: every step of a decision has a line at hand, and its identity is worked out once.
    private let parts: Parts

    /// - Parameter subscriptionID: `nil` or blank where the request names none.
    public init(invoiceNumber: String, serviceID: String, subscriptionID: String?) {
        let subscription = subscriptionID.map(Spelling.trimmed) ?? ""
        parts = Parts(
            invoiceNumber: Spelling.trimmed(invoiceNumber), serviceID: Spelling.trimmed(serviceID),
            subscriptionID: subscription.isEmpty ? nil : subscription)
    }

    /// Trimmed at both ends, as the others.
    public var invoiceNumber: String { parts.invoiceNumber }
    public var serviceID: String { parts.serviceID }
    public var subscriptionID: String? { parts.subscriptionID }

    /// Equal for two lines that differ in their spelling alone.
    public var identity: LineIdentity { parts.identity }
}

extension InvoiceLine {
    private final class Parts: Sendable {
        let invoiceNumber: String
        let serviceID: String
        let subscriptionID: String?
        let identity: LineIdentity

        init(invoiceNumber: String, serviceID: String, subscriptionID: String?) {
            self.invoiceNumber = invoiceNumber
            self.serviceID = serviceID
            self.subscriptionID = subscriptionID
            identity = LineIdentity(
                invoice: Spelling.folded(invoiceNumber), service: Spelling.folded(serviceID),
                subscription: subscriptionID.map(Spelling.folded) ?? "")
        }
    }
}

extension InvoiceLine: Hashable {
    public static func == (left: InvoiceLine, right: InvoiceLine) -> Bool {
        left.parts === right.parts
            || (haveSameBytes(left.invoiceNumber, right.invoiceNumber)
                && haveSameBytes(left.serviceID, right.serviceID)
                && haveSameBytes(left.subscriptionID, right.subscriptionID))
    }

    public func hash(into hasher: inout Hasher) {
        hashBytes(of: invoiceNumber, into: &hasher)
        hashBytes(of: serviceID, into: &hasher)
        hasher.combine(subscriptionID == nil)
        hashBytes(of: subscriptionID ?? "", into: &hasher)
    }
}

/// A line whatever its spelling, as stores keep it for ever.
public struct LineIdentity: Hashable, Sendable {
    public let invoice: String
    public let service: String
    /// Empty where no subscription is named.
    public let subscription: String

    /// For what a store has kept: each text is what `InvoiceLine.identity` made.
    public init(invoice: String, service: String, subscription: String) {
        self.invoice = invoice
        self.service = service
        self.subscription = subscription
    }
}
