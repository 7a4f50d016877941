/// What anyone may see of a message: the members that the contract names, and of what is passed through untouched
/// (customer, service, a payment's method) only what tells one from another. Whatever is not named here is masked, so that a
/// sender's new member is never shown before somebody has thought of it.
indirect enum ShownMembers: Sendable {
    /// A text, number or flag of the contract's, or a list of such.
    case value
    case object([String: ShownMembers])
    /// An object of another system's: its id, locale, country, type and last digits, each by its form.
    case passedThrough

    /// Every member that a message of the contract may have, inbound and outbound (§ 3). Contacts, tokens and addresses of
    /// proofs are missing on purpose.
    static let ofMessages = ShownMembers.object(
        names(
            "action_id", "alert_id", "by", "code", "command_id", "complete_by", "customer_id", "deadline", "decided_at",
            "delayed_at", "dispute", "due_at", "event_id", "idempotency_key", "invoice_number", "issued_at", "kind",
            "message", "note", "notice_id", "occurred_at", "order_number", "outcome", "pause", "payment", "read_at",
            "reason", "reason_text", "received_at", "reference", "refund_by", "refund_is_final", "request_id",
            "respond_by", "retryable", "service_id", "settled_at", "status", "submitted_at", "subscription_id", "type",
            "until", "verdict", "version", "class"
        ).merging(parts) { first, _ in first })

    /// Those that hold others.
    private static let parts: [String: ShownMembers] = [
        "amount": money, "refund": money, "customer": .passedThrough, "service": .passedThrough,
        "payment_method": .passedThrough, "method": .passedThrough,
        "invoice": .object(
            names("number", "issued_on").merging([
                "paid": money, "total": money, "components": .object(names("id", "kind", "amount")),
            ]) { first, _ in first }),
        "usage": .object(names("unit", "included", "remaining")), "term": .object(names("starts_on", "ends_on")),
        "contract": .object(names("concluded_on", "start_requested", "waiver")),
        "payments": .object(
            names("id", "paid").merging(["method": .passedThrough]) { first, _ in first }),
        "meter": .object(names("remaining", "read_at")),
        "calculation": calculation,
        "alternatives": .object(
            names("kind").merging(["refund": money, "calculation": calculation]) { first, _ in first }),
        "funds_expected": .object(names("earliest", "latest")),
        "paid_by": .object(names("means").merging(["amount": money]) { first, _ in first }),
        "policy": .object(names("name", "version", "terms")),
        "reasons": .object(names("code", "message").merging(["params": parameters]) { first, _ in first }),
        "rules": .object(names("rule", "holds", "detail")),
    ]

    private static let calculation = ShownMembers.object(
        names("basis", "numerator", "denominator", "rounding", "limited_by").merging(["paid": money]) { first, _ in
            first
        })

    /// What the messages of reasons speak of.
    private static let parameters = ShownMembers.object(
        names("days", "issued_on", "concluded_on", "last_day", "submitted_on", "starts_on", "ends_on", "currency"))

    private static let money = ShownMembers.object(names("amount", "currency"))

    private static func names(_ names: String...) -> [String: ShownMembers] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, .value) })
    }
}

/// The forms of what is shown of an object of another system's.
enum ShownForm {
    /// Whether a member of that name with that text, or number, tells one from another and no more.
    static func allows(_ name: String, _ text: String) -> Bool {
        switch name {
        case "id", "subscription_id": isIdentifier(text)
        case "locale":
            text.utf8.count <= 35 && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || isJoint($0) }
                && digits(in: text) <= 3
        case "country": (2...3).contains(text.utf8.count) && text.utf8.allSatisfy(isLetter)
        case "type": (1...32).contains(text.utf8.count) && text.utf8.allSatisfy { isLetter($0) || isJoint($0) }
        case "last_digits", "last4", "last_four": text.utf8.count <= 4 && text.utf8.allSatisfy(isDigit)
        default: false
        }
    }

    /// Whether a sender's own name for a member may be shown: one that looks like a field's, and not like data.
    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.utf8.first.map(isLetter) == true && digits(in: name) <= 4
            && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || isJoint($0) }
    }

    /// An id is no address, and no number of a card or an account.
    private static func isIdentifier(_ text: String) -> Bool {
        guard (1...128).contains(text.utf8.count), !text.contains("@"), !text.contains("://") else { return false }
        let lowercase = text.lowercased()
        guard !["mailto:", "tel:", "sms:"].contains(where: { lowercase.hasPrefix($0) }) else { return false }
        return digits(in: text) < 12 || text.utf8.contains(where: isLetter)
    }

    private static func digits(in text: String) -> Int { text.utf8.count(where: isDigit) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    private static func isJoint(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") }
}
