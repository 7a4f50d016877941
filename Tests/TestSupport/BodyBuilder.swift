/// A message's JSON as a test writes it: members in their order, by path, each value as raw JSON text.
public struct BodyBuilder: Sendable {
    private indirect enum Value: Sendable {
        case raw(String)
        case object([(name: String, value: Value)])
    }

    private var root: Value

    /// - Parameter members: paths such as `invoice.paid.amount`, with JSON text.
    public init(_ members: [(path: String, json: String)]) {
        root = .object([])
        for (path, json) in members { set(path, json) }
    }

    /// The same with one member set, at its place or behind the others.
    public func setting(_ path: String, _ json: String) -> BodyBuilder {
        var copy = self
        copy.set(path, json)
        return copy
    }

    /// The same without a member.
    public func removing(_ path: String) -> BodyBuilder {
        var copy = self
        copy.root = BodyBuilder.changed(copy.root, path.split(separator: ".")[...], to: nil)
        return copy
    }

    /// The same with every object's members the other way round, and with white space wherever it may stand.
    public func reversed() -> String { BodyBuilder.write(root, reversed: true) }

    public var text: String { BodyBuilder.write(root, reversed: false) }

    public var bytes: [UInt8] { Array(text.utf8) }

    private mutating func set(_ path: String, _ json: String) {
        root = BodyBuilder.changed(root, path.split(separator: ".")[...], to: .raw(json))
    }

    private static func changed(_ value: Value, _ path: ArraySlice<Substring>, to new: Value?) -> Value {
        guard let name = path.first.map(String.init) else { return new ?? value }
        var members: [(name: String, value: Value)] = []
        if case .object(let known) = value { members = known }
        let place = members.firstIndex { $0.name == name }
        if new == nil, place == nil { return value }
        if path.count == 1, new == nil, let place {
            members.remove(at: place)
        } else {
            let next = changed(place.map { members[$0].value } ?? .object([]), path.dropFirst(), to: new)
            if let place { members[place].value = next } else { members.append((name, next)) }
        }
        return .object(members)
    }

    private static func write(_ value: Value, reversed: Bool) -> String {
        switch value {
        case .raw(let text): return text
        case .object(let members):
            let written = (reversed ? members.reversed() : members).map { member in
                reversed
                    ? "\n\t \"\(member.name)\" :\r\n\(write(member.value, reversed: true)) "
                    : "\"\(member.name)\": \(write(member.value, reversed: false))"
            }
            return "{" + written.joined(separator: reversed ? " , " : ", ") + "}"
        }
    }
}

extension BodyBuilder {
    /// The contract's own `refund.requested`, with every field that it names.
    public static let requested = BodyBuilder([
        ("request_id", #""rr-1042""#), ("kind", #""cancellation""#), ("submitted_at", #""2022-02-22T09:30:00Z""#),
        ("order_number", #""ORD-1042""#), ("service.id", #""api-requests""#),
        ("service.subscription_id", #""sub-9""#), ("customer.id", #""cus-77""#),
        ("customer.contact", #""mailto:a@example.com""#), ("customer.locale", #""en""#),
        ("invoice.number", #""INV-2022-0042""#), ("invoice.issued_on", #""2022-02-12""#),
        ("invoice.paid.amount", #""10.00""#), ("invoice.paid.currency", #""USD""#),
        ("invoice.proof_of_payment", #""https://files.example.com/p/1.pdf""#), ("usage.unit", #""request""#),
        ("usage.included", "10000"), ("usage.remaining", "7000"), ("term.starts_on", #""2022-02-12""#),
        ("term.ends_on", #""2022-03-12""#), ("payment_method.type", #""card""#), ("payment_method.token", #""pm_1""#),
        ("dispute", #""none""#),
    ])

    public static let withdrawn = BodyBuilder([
        ("request_id", #""rr-1042""#), ("submitted_at", #""2022-02-22T10:00:00Z""#), ("reason", #""kept it""#),
    ])

    public static let reviewed = BodyBuilder([
        ("action_id", #""act-1""#), ("request_id", #""rr-1042""#), ("verdict", #""approve""#),
        ("amount.amount", #""5.00""#),
        ("amount.currency", #""USD""#), ("by", #""ann""#), ("note", #""looked at""#),
        ("reference", #""bank-7""#), ("reason_text", #""We are sorry.""#),
    ])

    public static let retried = BodyBuilder([
        ("action_id", #""act-2""#), ("request_id", #""rr-1042""#), ("by", #""ann""#), ("note", #""mended""#),
    ])

    public static let paused = BodyBuilder([
        ("action_id", #""pause-1""#), ("by", #""ann""#), ("note", #""the bank sends twice""#),
    ])

    public static let resumed = BodyBuilder([
        ("action_id", #""resume-1""#), ("pause", #""pause-1""#), ("by", #""ann""#), ("note", #""mended""#),
    ])

    public static let succeeded = BodyBuilder([
        ("command_id", #""rr-1042/payout""#), ("idempotency_key", #""rr-1042/payout#1""#),
        ("occurred_at", #""2022-02-22T09:31:00Z""#), ("reference", #""tx-1""#),
    ])

    public static let failed = BodyBuilder([
        ("command_id", #""rr-1042/revoke""#), ("idempotency_key", #""rr-1042/revoke#2""#),
        ("occurred_at", #""2022-02-22T09:31:00Z""#), ("code", #""busy""#), ("message", #""try later""#),
        ("retryable", "true"),
    ])
}
