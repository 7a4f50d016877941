import Foundation
import RefundPolicy

/// What may become of a message, and what must.
extension Auditor {
    /// Whether that message may end in `refund.dead` for that reason (invariant 7).
    func mayDie(_ message: Sent, because code: String) -> Bool {
        if code == "delivery_limit" { return true }
        // Of a case that has ended, much is no longer possible.
        if isReplaying { return message.kind != .request || code == "request_id_conflict" }
        if case .unreadable(let expected) = message.kind { return code == expected }
        // What the store refused may be given up when its patience is over.
        if code == "unprocessable" { return everRefused.contains(message.request) && message.wasParked }
        switch message.kind {
        case .request: return code == "request_id_conflict" && isConflicting(message)
        case .reply: return code == "not_applicable" && isOfNoKey(message)
        case .fleet: return code == "not_applicable" && message.type == "payouts.resumed"
        case .orphan: return code == "unknown_request" && waitedLongEnough(message)
        case .event:
            if code == "unknown_request" { return waitedLongEnough(message) && cameTooLate(message) }
            return ["not_applicable", "amount_needed", "invalid_amount"].contains(code)
        case .unreadable, .deadly: return false
        }
    }

    /// Whether it is about a key that was never sent.
    private func isOfNoKey(_ message: Sent) -> Bool {
        guard let reply = SpokenReply(type: message.type, body: message.body) else { return false }
        return watch.models[message.request].map { $0.turn(reply) == .neverSent } ?? false
    }

    private func isConflicting(_ message: Sent) -> Bool {
        guard let opening = variant(message.request) else { return false }
        return message.body != opening.body && message.body != opening.respelled
    }

    /// Clocks that step may cut the patience short.
    private func waitedLongEnough(_ message: Sent) -> Bool {
        timeline.now >= message.at + scenario.beats(12) - scenario.clockOffset * 2
    }

    private func cameTooLate(_ message: Sent) -> Bool {
        guard let openedAt = ledger?.openedAt(message.request) else { return true }
        return openedAt + scenario.clockOffset * 2 >= message.at + scenario.beats(12)
    }

    /// Whether an act, or a copy of it, was refused: it is said, and leaves no other trace.
    private func wasRefused(_ act: String, about request: String) -> Bool {
        watch.refusedActs.contains(act)
            || (sentAbout[request] ?? []).contains { id in
                guard let other = sent[id], other.deadCode != nil else { return false }
                return Text.member("action_id", of: other.body) == act
            }
    }

    /// A delivery was acknowledged (invariant 4): by now it must have left a trace.
    package func acknowledged(_ message: BrokerMessage, from queue: QueueName) {
        guard violation == nil, let ledger, var known = sent[message.id] else { return }
        known.isAcknowledged = true
        sent[message.id] = known
        if known.deadCode != nil || known.wasParked { return }
        if case .unreadable = known.kind {
            return broken(.acknowledgedLast, "\(message.id) was acknowledged and is nowhere", about: known.request)
        }
        if known.kind == .fleet { return }
        if let act = Text.member("action_id", of: known.body), wasRefused(act, about: known.request) { return }
        check(
            .acknowledgedLast, ledger.hasCase(known.request), about: known.request,
            "\(message.id) (\(known.type)) was acknowledged, and no case is stored")
    }

    /// The first decision of a case must be the generator's (contract § 1), unless another case has the line.
    func checkDecision(_ message: BrokerMessage) {
        guard let id = Text.member("request_id", of: message.body), let variant = variant(id) else {
            return broken(.rightDecision, "\(message.id) decides a request that was never made")
        }
        let outcome = Text.member("outcome", of: message.body) ?? ""
        let codes = reasonCodes(of: message.body)
        for code in codes { checkOther(code, of: variant, in: message.id) }
        if outcome == "rejected", codes.contains("already_requested") || codes.contains("already_refunded") { return }
        if outcome == "rejected", isVoided(id) { return }
        if outcome == "in_review", variant.outcome != .rejected, !codes.isDisjoint(with: Auditor.doubtfulCodes) {
            doubted.insert(id)
            return
        }
        // A person may have decided since.
        if variant.outcome == .inReview || doubted.contains(id), reviewedByPeople(id) { return }
        check(
            .rightDecision, outcome == variant.outcome.rawValue, about: id,
            "\(message.id) says \(outcome), and right is \(variant.outcome.rawValue)")
        if outcome == "rejected" {
            // What only a person can settle would send the cancellation to one: it is not offered.
            let offer = codes.isDisjoint(with: Auditor.doubtfulCodes) ? variant.offer : nil
            check(
                .rightDecision, Text.offer(in: message.body) == offer, about: id,
                "\(message.id) offers another amount than \(offer.map(String.init) ?? "none")")
        }
        guard outcome == "approved", let refund = variant.refund else { return }
        check(
            .rightDecision, Text.member("amount", of: message.body).flatMap(Text.cents) == refund, about: id,
            "\(message.id) promises another amount than \(refund)")
    }

    private func isVoided(_ id: String) -> Bool {
        sentAbout(id).contains { Text.member("verdict", of: $0.body) == "void" }
    }

    private static let doubtfulCodes: Set = ["similar_line", "another_service", "paid_conflict", "already_ended"]

    private func reasonCodes(of body: [UInt8]) -> Set<String> {
        let parts = String(decoding: body, as: UTF8.self).components(separatedBy: "\"code\":\"").dropFirst()
        return Set(parts.map { String($0.prefix { $0 != "\"" }) })
    }

    /// What is said about other requests must be true of one (contract § 3, "Codes" and "The line").
    private func checkOther(_ code: String, of variant: RequestVariant, in message: String) {
        let others = (variantsByInvoice[variant.invoice] ?? []).filter { $0.id != variant.id }
        let isTrue: Bool
        switch code {
        case "already_requested", "already_refunded", "already_ended":
            isTrue = others.contains { $0.line == variant.line && $0.spelling == variant.spelling }
        case "similar_line": isTrue = others.contains { $0.line == variant.line && $0.spelling != variant.spelling }
        case "another_service": isTrue = others.contains { $0.line != variant.line }
        case "paid_conflict":
            isTrue = others.contains {
                ($0.line == variant.line && $0.paid != variant.paid) || $0.currency != variant.currency
            }
        case "proof_reused", "nothing_left": isTrue = false
        default: return
        }
        check(.rightDecision, isTrue, about: variant.id, "\(message) says \(code), and no other request makes it so")
    }

    private func reviewedByPeople(_ id: String) -> Bool {
        (sentAbout[id] ?? []).contains { sent[$0]?.type == "refund.reviewed" }
    }
}
