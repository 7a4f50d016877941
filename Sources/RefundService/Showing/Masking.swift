internal import RefundMessages
public import RefundPolicy

/// A customer without their contact.
public struct MaskedCustomer {
    /// Canonical JSON, or `nil` where absent.
    public let id: String?
    public let hasContact: Bool
    public let locale: String?

    public init(_ customer: PassedThrough) {
        // The named members are id, contact, locale, in this order.
        // One that is an object may hold contacts itself.
        id = customer.named.first.flatMap(\.self).map { MessagePlaces.masking($0, by: mask) }
        hasContact = customer.named.dropFirst().first.flatMap(\.self) != nil
        locale = customer.named.dropFirst(2).first ?? nil
    }

    public var text: String {
        let parts = [id.map(unquoted), hasContact ? "contact masked" : nil, locale.map { "locale \(unquoted($0))" }]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}

/// A payment method without its token.
public struct MaskedPaymentMethod {
    /// Canonical JSON, or `nil` where absent.
    public let type: String?
    public let hasToken: Bool

    public init(_ method: PassedThrough) {
        // The named members are type, token, in this order.
        type = method.named.first ?? nil
        hasToken = method.named.dropFirst().first.flatMap(\.self) != nil
    }

    public var text: String {
        [type.map(unquoted), hasToken ? "token masked" : nil].compactMap(\.self).joined(separator: ", ")
    }
}

/// What stands for a value that is not shown.
public let mask = "(masked)"

/// A JSON string without its quotes; other JSON as it is.
private func unquoted(_ json: String) -> String {
    json.count >= 2 && json.hasPrefix("\"") && json.hasSuffix("\"") ? String(json.dropFirst().dropLast()) : json
}
