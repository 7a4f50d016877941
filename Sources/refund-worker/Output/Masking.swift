import RefundMessages
import RefundPolicy

/// A customer without their contact.
struct MaskedCustomer {
    /// Canonical JSON, or `nil` where absent.
    let id: String?
    let hasContact: Bool
    let locale: String?

    init(_ customer: PassedThrough) {
        // The named members are id, contact, locale, in this order.
        id = customer.named.first ?? nil
        hasContact = customer.named.dropFirst().first.flatMap(\.self) != nil
        locale = customer.named.dropFirst(2).first ?? nil
    }

    var text: String {
        let parts = [id.map(unquoted), hasContact ? "contact masked" : nil, locale.map { "locale \(unquoted($0))" }]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}

/// A payment method without its token.
struct MaskedPaymentMethod {
    /// Canonical JSON, or `nil` where absent.
    let type: String?
    let hasToken: Bool

    init(_ method: PassedThrough) {
        // The named members are type, token, in this order.
        type = method.named.first ?? nil
        hasToken = method.named.dropFirst().first.flatMap(\.self) != nil
    }

    var text: String {
        [type.map(unquoted), hasToken ? "token masked" : nil].compactMap(\.self).joined(separator: ", ")
    }
}

/// What stands for a value that is not shown.
let mask = "(masked)"

/// A JSON string without its quotes; other JSON as it is.
private func unquoted(_ json: String) -> String {
    json.count >= 2 && json.hasPrefix("\"") && json.hasSuffix("\"") ? String(json.dropFirst().dropLast()) : json
}
