/// What the one-refund rule counts by (contract § 3, "The line"): one service, or one subscription to it, on one invoice.
///
/// Compared byte for byte as it was spelled; `identity` is what all spellings of a line have in common.
public struct InvoiceLine: Sendable {
    /// Trimmed at both ends, as the others.
    public let invoiceNumber: String
    public let serviceID: String
    public let subscriptionID: String?

    /// - Parameter subscriptionID: `nil` or blank where the request names none.
    public init(invoiceNumber: String, serviceID: String, subscriptionID: String?) {
        self.invoiceNumber = Spelling.trimmed(invoiceNumber)
        self.serviceID = Spelling.trimmed(serviceID)
        let subscription = subscriptionID.map(Spelling.trimmed) ?? ""
        self.subscriptionID = subscription.isEmpty ? nil : subscription
    }

    /// Equal for two lines that differ in their spelling alone.
    public var identity: LineIdentity {
        LineIdentity(
            invoice: Spelling.folded(invoiceNumber), service: Spelling.folded(serviceID),
            subscription: subscriptionID.map(Spelling.folded) ?? "")
    }
}

extension InvoiceLine: Hashable {
    public static func == (left: InvoiceLine, right: InvoiceLine) -> Bool {
        haveSameBytes(left.invoiceNumber, right.invoiceNumber) && haveSameBytes(left.serviceID, right.serviceID)
            && haveSameBytes(left.subscriptionID, right.subscriptionID)
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
