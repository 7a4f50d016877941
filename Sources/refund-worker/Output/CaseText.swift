import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

/// A whole case as people read it.
struct CaseText {
    private let history: CaseHistory
    private let now: Instant
    private let isUnmasked: Bool
    private var refundCase: RefundCase { history.refundCase }

    init(_ history: CaseHistory, now: Instant, isUnmasked: Bool = false) {
        self.history = history
        self.now = now
        self.isUnmasked = isUnmasked
    }

    var lines: [String] {
        let request = refundCase.request
        var lines = ["\(refundCase.id)  \(request.kind.rawValue)  \(refundCase.state.status.rawValue)"]
        lines += section("Request", self.request) + section("Decision", decision) + section("Deadlines", deadlines)
        if !commands.isEmpty { lines += section("Commands", commands) }
        return lines + section("Events", events) + section("Messages", messages)
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        ["", title] + lines
    }

    private var request: [String] {
        let request = refundCase.request
        var fields = FieldList()
        fields.add("submitted", request.submittedAt.description)
        fields.add("order", request.orderNumber ?? "(missing)")
        fields.add(
            "service", request.service.id + (request.service.subscriptionID.map { ", subscription \($0)" } ?? ""))
        fields.add("customer", request.customer.map(shown))
        fields.add(
            "invoice",
            "\(request.invoice.number) of \(request.invoice.issuedOn), paid \(request.invoice.paid), proof of payment "
                + (request.invoice.proofOfPayment == nil ? "missing" : "given"))
        if let usage = request.usage {
            fields.add("usage", "\(usage.remaining) left of \(usage.included) \(usage.unit ?? "")")
        }
        if let term = request.term { fields.add("term", "\(term.startsOn) until \(term.endsOn)") }
        fields.add("contract", request.concludedOn.map { "concluded on \($0)" })
        fields.add("payment", request.paymentMethod.map(shown))
        fields.add("dispute", request.dispute == .none ? nil : request.dispute.rawValue)
        fields.add("trace", refundCase.traceparent)
        if isUnmasked {
            fields.add("service", request.service.passedThrough.json)
            fields.add("proof", request.invoice.proofOfPayment)
        }
        return fields.lines
    }

    private func shown(_ object: PassedThrough) -> String { isUnmasked ? object.json : object.shownText }

    private var decision: [String] {
        var fields = FieldList()
        fields.add("policy", refundCase.policy.title)
        fields.add("first outcome", refundCase.decision.outcome.rawValue)
        fields.add("amount", refundCase.decision.calculation?.text)
        if let review = refundCase.review {
            let amount = review.amount.map { " \($0)" } ?? ""
            fields.add("review", "\(review.verdict.rawValue)\(amount) by \(review.by): \(review.note)")
            fields.add("reference", review.reference)
            fields.add("to customer", review.reasonText)
        }
        fields.add("refund", refundCase.shownRefund?.description)
        for payment in refundCase.state.fulfilment?.paidBy ?? [] {
            fields.add("paid by", "\(payment.means.title): \(payment.amount)")
        }
        var rules = TextTable("RULE", "HOLDS", "DETAIL", indent: 2)
        for finding in refundCase.findings {
            rules.row(finding.rule, finding.holdsText, finding.detail)
        }
        return fields.lines + DecisionText(refundCase).reasons + rules.lines
    }

    private var deadlines: [String] {
        var table = TextTable("DEADLINE", "DUE", "STANDING", "TIME", indent: 2)
        let rows = [
            ("response", refundCase.respondBy, history.listed.deadlines.response),
            ("refund", refundCase.refundBy, history.listed.deadlines.refund),
        ]
        for (name, due, standing) in rows {
            table.row(
                name, due.description, standing.rawValue, standing == .met ? "–" : due.distance(from: now))
        }
        return table.lines
    }

    private var commands: [String] {
        guard let fulfilment = refundCase.state.fulfilment else { return [] }
        var table = TextTable("COMMAND", "KEY", "ATTEMPTS", "PROGRESS", "LAST REPLY", indent: 2)
        for command in fulfilment.commands {
            table.row(
                command.kind.commandID(of: refundCase.id), command.key > 0 ? "#\(command.key)" : "–",
                "\(command.attempts)",
                command.progress.text(at: now), command.lastReply)
        }
        return table.lines
    }

    private var events: [String] {
        var table = TextTable("AT", "EVENT", "DETAIL", indent: 2)
        for event in history.events {
            table.row(event.at.description, event.kind.rawValue, EventText(event).detail)
        }
        return table.lines
    }

    private var messages: [String] {
        var table = TextTable("MESSAGE", "TYPE", "ATTEMPT", "COMMITTED", "CONFIRMED", "PROBLEM", indent: 2)
        for sent in history.messages {
            table.row(
                sent.message.encoded.id, sent.message.encoded.type.rawValue, "\(sent.message.attempt)",
                sent.message.createdAt.description, sent.confirmedAt?.description ?? "not yet", sent.lastError ?? "–")
        }
        return table.lines
    }
}
