import Foundation
import RefundCase
import RefundMessages
public import RefundPolicy

/// A case as other systems see it: told by the bytes of messages, and seen by the bytes of what it sends.
public struct ToldLife: Sendable {
    public static let request = "rr-1042"

    public private(set) var life: CaseLife
    public private(set) var now = Example.receivedAt
    /// The code of what became of the last message, if it can't be acted on.
    public private(set) var dead: String?
    /// When each key was first sent, such as `payout#1`.
    private var firstSendings: [String: Instant] = [:]

    /// The case of a vector, opened: an approved cancellation of 7.00 USD.
    public init(_ vector: LifeVector) {
        let comesFirst = vector.steps.contains { step in
            switch step {
            case .withdrawnBefore, .withdrawnBehind: true
            case .due, .told, .reviewed, .retried: false
            }
        }
        life = CaseLife(
            policy: .example(
                payout: vector.paysAfterRevocation ? .afterRevocation : .onApproval,
                coolingOff: vector.isHeld ? .hours(1) : .zero),
            withdrawal: comesFirst ? Withdrawal(submittedAt: Example.submittedAt, reason: nil) : nil)
        noteSendings()
    }

    public mutating func follow(_ step: LifeVector.Step) {
        now = now + .seconds(30)
        switch step {
        case .withdrawnBefore, .withdrawnBehind: break
        case .due:
            let end = now + .minutes(3)
            while let due = life.refundCase.dueAt, due <= end {
                now = due
                let summary = life.fallDue(at: due)
                noteSendings()
                guard summary != "unchanged" else { break }
            }
            now = end
        case .told(let reply):
            let body = reply.body(of: ToldLife.request, occurredAt: clock(of: reply))
            tell(body, as: reply.type, from: reply.exchange == "refund.access" ? .access : .payout)
        case .reviewed(let verdict, let action, let amount):
            var body = BodyBuilder.reviewed.removing("amount").removing("reference").removing("reason_text")
                .setting("action_id", "\"\(action)\"").setting("verdict", "\"\(verdict)\"")
            if let amount {
                body = body.setting("amount.amount", "\"\(amount)\"").setting("amount.currency", "\"USD\"")
            }
            tell(body.bytes, as: "refund.reviewed", from: .people)
        case .retried(let action):
            tell(
                BodyBuilder.retried.setting("action_id", "\"\(action)\"").bytes, as: "refund.retried", from: .people)
        }
    }

    private mutating func tell(_ body: [UInt8], as routingKey: String, from sender: InboundSender?) {
        dead = nil
        do throws(DeadLetterReason) {
            let type = try InboundType(type: nil, routingKey: routingKey, from: sender)
            let message = try InboundDecoder().decode(body, as: type, at: now)
            guard sender?.maySend(message) ?? false else { throw .wrongSender }
            guard case .event(let event, _) = message else { return }
            life.add(event, at: now, body: body)
            if case .refused(let refusal) = life.transition { dead = refusal.rawValue }
            noteSendings()
        } catch {
            dead = error.code
        }
    }

    private mutating func noteSendings() {
        for case .send(.command(let kind, let key), _) in life.effects {
            firstSendings["\(kind.rawValue)#\(key)"] = now
        }
    }

    private func clock(of reply: LifeReply) -> String {
        switch reply.clock {
        case .now: now.description
        case .after(let seconds):
            min(now, (firstSendings["\(reply.command)#\(reply.key)"] ?? now) + .seconds(seconds)).description
        case .midnight: now.description.prefix(10) + "T00:00:00Z"
        case .year(let year): "\(year)-01-01T00:00:00Z"
        }
    }
}

extension ToldLife {
    /// What a vector names, as it came out.
    public func outcome(naming names: LifeVector.Expectation) throws -> LifeVector.Expectation {
        var outcome = names
        if names.status != nil { outcome.status = life.status.rawValue }
        if names.payouts != nil { outcome.payouts = keys(of: .payout) }
        if names.revocations != nil { outcome.revocations = keys(of: .revoke) }
        if names.alerts != nil { outcome.alerts = try codes() }
        if names.notices != nil { outcome.notices = notices.map { String($0.id.dropFirst(Self.request.count + 1)) } }
        let settled = try notices.last { $0.type == .settled }.map { try Self.json($0.body) }
        if names.settledRefund != nil {
            outcome.settledRefund = (settled?["refund"] as? [String: Any])?["amount"] as? String
        }
        if names.paidBy != nil {
            outcome.paidBy = (settled?["paid_by"] as? [[String: Any]])?.map { part in
                let amount = (part["amount"] as? [String: Any])?["amount"] as? String ?? part["amount"] as? String
                return "\(part["means"] as? String ?? "") \(amount ?? "")"
            }
        }
        if names.fundsAreFromToday {
            let earliest = (settled?["funds_expected"] as? [String: Any])?["earliest"] as? String
            outcome.fundsAreFromToday = earliest.map { $0 >= now.description.prefix(10) } ?? false
        }
        if names.dead != nil { outcome.dead = dead }
        return outcome
    }

    private var notices: [EncodedMessage] {
        life.messages.compactMap { message in
            if case .notice = message.message { message.encoded } else { nil }
        }
    }

    private func keys(of wanted: CommandKind) -> [String] {
        life.messages.compactMap { message in
            if case .command(wanted, let key) = message.message { "#\(key)" } else { nil }
        }
    }

    private func codes() throws -> [String] {
        try life.messages.filter { $0.encoded.type == .needsAttention }
            .compactMap { try Self.json($0.encoded.body)["code"] as? String }
    }

    private static func json(_ body: [UInt8]) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
    }
}
