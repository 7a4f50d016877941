import RefundCase
import RefundPolicy
import TestSupport

/// What a step came to, in no order: `attention: alert payout_bounced/payout#1, notice delayed`.
struct Outcome: Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
    let status: String
    let effects: [String]

    init(_ summary: String) {
        let parts = summary.split(separator: ": ", maxSplits: 1).map(String.init)
        status = parts.first ?? ""
        effects = parts.count > 1 ? parts[1].split(separator: ", ").map(String.init).sorted() : []
    }

    init(stringLiteral value: String) { self.init(Outcome.joined(value)) }

    var description: String { effects.isEmpty ? status : status + ": " + effects.joined(separator: ", ") }

    /// `again, attempt 2` has a comma of its own.
    private static func joined(_ text: String) -> String { text.replacing(" again, attempt", with: " again attempt") }

    /// The same of the case's own summary.
    static func of(_ summary: String) -> Outcome { Outcome(joined(summary)) }
}

extension CaseLife {
    /// Lets an event happen that is told at this moment.
    mutating func meets(_ event: CaseEvent, at now: Instant) -> Outcome { .of(add(event, at: now)) }

    /// What goes out as time passes.
    mutating func sends(until end: Instant) -> [String] {
        var sent: [String] = []
        var last = Instant(microsecondsSinceEpoch: .min)
        while let due = dueAt, due <= end {
            precondition(due > last, "due at \(due) again")
            last = due
            fallDue(at: due)
            sent += effects.filter(\.isCommand).map(\.summary)
        }
        return sent
    }
}

extension Effect {
    /// A command goes out, for the first time or once more.
    var isCommand: Bool {
        switch self {
        case .send(.command, _), .resend: true
        case .send, .takeBack, .cancel: false
        }
    }

    func isSending(of wanted: CommandKind) -> Bool {
        switch self {
        case .send(.command(let kind, _), _), .resend(let kind, _, _): kind == wanted
        case .send, .takeBack, .cancel: false
        }
    }
}

extension CommandKind {
    var other: CommandKind { self == .revoke ? .payout : .revoke }

    /// The alert of what stood and failed.
    func bounced(_ key: Int) -> String {
        self == .revoke ? "alert revoke_undone/revoke#\(key)" : "alert payout_bounced/payout#\(key)"
    }

    func alert(_ trouble: String, _ key: Int) -> String {
        "alert \(rawValue)_\(trouble)/\(rawValue)#\(key)"
    }
}
