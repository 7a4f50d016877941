import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

extension JSONWriter {
    /// What `cases show` tells of a case.
    mutating func history(_ history: CaseHistory, isUnmasked: Bool) {
        let refundCase = history.refundCase
        summary(of: history.listed)
        object("request") { writer in writer.request(refundCase.request, isUnmasked: isUnmasked) }
        object("decision") { writer in writer.decision(of: refundCase) }
        name("commands")
        beginArray()
        for command in refundCase.state.fulfilment?.commands ?? [] { self.command(command, of: refundCase.id) }
        endArray()
        name("events")
        beginArray()
        for event in history.events {
            beginObject()
            string("at", event.at.description)
            string("event", event.kind.rawValue)
            let text = EventText(event)
            string("detail", text.detail)
            string("by", ifPresent: text.signature?.by)
            string("user", ifPresent: text.signature?.user)
            endObject()
        }
        endArray()
        name("messages")
        beginArray()
        for sent in history.messages { message(sent) }
        endArray()
    }

    private mutating func request(_ request: RefundRequest, isUnmasked: Bool) {
        func shown(_ object: PassedThrough) -> String { isUnmasked ? object.json : object.maskedJSON }
        string("order_number", ifPresent: request.orderNumber)
        raw("service", ifPresent: shown(request.service.passedThrough))
        raw("customer", ifPresent: request.customer.map(shown))
        object("invoice") { writer in
            writer.string("number", request.invoice.number)
            writer.string("issued_on", request.invoice.issuedOn.description)
            writer.money("paid", request.invoice.paid)
            writer.boolean("proof_of_payment", request.invoice.proofOfPayment != nil)
            if isUnmasked { writer.string("proof_of_payment_at", ifPresent: request.invoice.proofOfPayment) }
        }
        if let usage = request.usage {
            object("usage") { writer in
                writer.string("unit", ifPresent: usage.unit)
                writer.number("included", usage.included)
                writer.number("remaining", usage.remaining)
            }
        }
        if let term = request.term {
            object("term") { writer in
                writer.string("starts_on", term.startsOn.description)
                writer.string("ends_on", term.endsOn.description)
            }
        }
        if let concludedOn = request.concludedOn {
            object("contract") { writer in writer.string("concluded_on", concludedOn.description) }
        }
        raw("payment_method", ifPresent: request.paymentMethod.map(shown))
        string("dispute", request.dispute.rawValue)
    }

    private mutating func decision(of refundCase: RefundCase) {
        string("outcome", refundCase.decision.outcome.rawValue)
        if let calculation = refundCase.decision.calculation {
            object("calculation") { writer in
                writer.string("basis", calculation.basis.rawValue)
                writer.number("numerator", calculation.numerator)
                writer.number("denominator", calculation.denominator)
                writer.string("rounding", calculation.rounding.rawValue)
                writer.money("refund", calculation.refund)
            }
        }
        name("rules")
        beginArray()
        for finding in refundCase.findings {
            beginObject()
            string("rule", finding.rule)
            if let holds = finding.holds { boolean("holds", holds) }
            string("detail", finding.detail)
            endObject()
        }
        endArray()
        object("policy") { writer in
            writer.string("name", refundCase.policy.name)
            writer.string("version", refundCase.policy.version)
            writer.string("terms", ifPresent: refundCase.policy.termsName)
        }
        if let fulfilment = refundCase.state.fulfilment, !fulfilment.paidBy.isEmpty { paidBy(fulfilment) }
        guard let review = refundCase.review else { return }
        object("review") { writer in
            writer.string("action_id", ifPresent: review.actionID?.text)
            writer.string("verdict", review.verdict.rawValue)
            if let amount = review.amount { writer.money("amount", amount) }
            writer.string("reference", ifPresent: review.reference)
            writer.string("by", review.by.by)
            writer.string("user", ifPresent: review.by.user)
            writer.string("note", review.note)
            writer.string("reason_text", ifPresent: review.reasonText)
        }
    }

    private mutating func paidBy(_ fulfilment: Fulfilment) {
        name("paid_by")
        beginArray()
        for payment in fulfilment.paidBy {
            beginObject()
            string("means", payment.means.rawValue)
            money("amount", payment.amount)
            endObject()
        }
        endArray()
    }

    private mutating func command(_ command: Command, of id: RequestID) {
        beginObject()
        string("command_id", command.kind.commandID(of: id))
        if command.key > 0 {
            string("idempotency_key", command.kind.idempotencyKey(of: id, number: command.key))
        }
        integer("attempts", Int64(command.attempts))
        string("progress", command.progress.name)
        string("due_at", ifPresent: command.dueAt?.description)
        if let success = command.standingKey?.latestSuccess {
            object("succeeded") { writer in
                writer.string("at", success.occurredAt.description)
                writer.string("reference", ifPresent: success.reference)
            }
        }
        if let failure = command.keys.last(where: { $0.failure != nil })?.failure {
            object("failed") { writer in
                writer.string("at", failure.occurredAt.description)
                writer.string("code", failure.code)
                writer.boolean("retryable", failure.isRetryable)
            }
        }
        name("keys")
        beginArray()
        for (place, key) in command.keys.enumerated() {
            beginObject()
            string("idempotency_key", command.kind.idempotencyKey(of: id, number: place + 1))
            string("last_word", key.word.rawValue)
            integer("sendings", Int64(key.sendings))
            endObject()
        }
        endArray()
        endObject()
    }

    private mutating func message(_ sent: SentMessage) {
        beginObject()
        string("message_id", sent.message.encoded.id)
        string("type", sent.message.encoded.type.rawValue)
        integer("attempt", Int64(sent.message.attempt))
        string("committed_at", sent.message.createdAt.description)
        string("confirmed_at", ifPresent: sent.confirmedAt?.description)
        string("problem", ifPresent: sent.lastError)
        endObject()
    }
}

extension Command.Progress {
    /// The progress in one word.
    fileprivate var name: String {
        switch self {
        case .held: "held"
        case .awaitingReply: "awaiting_reply"
        case .retrying: "retrying"
        case .succeeded: "succeeded"
        case .doneByHand: "done_by_hand"
        case .ended: "ended"
        case .failed(let trouble): trouble.rawValue
        }
    }
}
