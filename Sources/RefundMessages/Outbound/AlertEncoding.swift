import RefundCase
import RefundPolicy

extension OutboundEncoder {
    /// Writes an alert to the operators (contract § 3).
    func encodeAlert(_ cause: AlertCause, number: Int, of refundCase: RefundCase) -> EncodedMessage {
        let id = "\(refundCase.id.text)/alert/\(cause.name(number: number))"
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.string("alert_id", id)
        writer.string("request_id", refundCase.id.text)
        let type: OutboundType
        switch cause {
        case .deadlineAtRisk(let deadline), .deadlineMissed(let deadline):
            if case .deadlineAtRisk = cause { type = .deadlineAtRisk } else { type = .deadlineMissed }
            writer.string("deadline", deadline.rawValue)
            writer.instant("due_at", deadline == .response ? refundCase.respondBy : refundCase.refundBy)
            writer.string("status", refundCase.state.status.rawValue)
        case .key, .accessToRestore, .currencyWithdrawn, .manyEvents:
            type = .needsAttention
            writer.string("code", cause.code ?? "")
            writer.string("message", ifPresent: message(about: cause, of: refundCase))
        }
        writer.endObject()
        return EncodedMessage(id: id, type: type, body: writer.bytes)
    }

    /// What happened, and what to do about it; `nil` for deadlines, which speak for themselves.
    private func message(about cause: AlertCause, of refundCase: RefundCase) -> String? {
        switch cause {
        case .deadlineAtRisk, .deadlineMissed: nil
        case .key(let kind, let key, let trouble): message(about: trouble, of: kind, key, in: refundCase)
        case .accessToRestore:
            "no refund is made after all, and the access was withdrawn by then, or may have been "
                + "(\(CommandKind.revoke.commandID(of: refundCase.id))); the customer keeps the service, so restore the access"
        case .currencyWithdrawn:
            "the payout was held, and \(refundCase.request.invoice.paid.currency.code) was withdrawn"
                + (refundCase.request.invoice.paid.currency.lastDay.map { " after \($0)" } ?? "")
                + "; pay it by other means and send refund.reviewed with \(byHand(.payout)), or send refund.retried "
                + "to have it paid all the same"
        case .manyEvents:
            "the case has had \(RefundCase.manyEvents) events; see what keeps happening to it (refund-worker cases show) and "
                + "stop whoever keeps sending it"
        }
    }

    private func message(
        about trouble: KeyTrouble, of kind: CommandKind, _ number: Int, in refundCase: RefundCase
    ) -> String {
        let key = kind.idempotencyKey(of: refundCase.id, number: number)
        let check = "check with the other system what was done under each key"
        switch trouble {
        case .failed:
            let keys = refundCase.state.fulfilment?[kind]?.keys ?? []
            let code = keys.indices.contains(number - 1) ? keys[number - 1].failure?.code : nil
            return "\(key) failed for good with \(code ?? "unknown"); mend the cause, then send refund.retried, "
                + "or settle it by other means and send refund.reviewed with \(byHand(kind))"
        case .unanswered:
            let keys = refundCase.state.fulfilment?[kind]?.keys ?? []
            let times = keys.indices.contains(number - 1) ? keys[number - 1].sendings : 1
            return "\(key) was sent \(times == 1 ? "once" : "\(times) times") without a reply; check that "
                + "the other system reads its queue, then send refund.retried"
        case .bounced where refundCase.state.status.isOpen && refundCase.state.fulfilment?[kind]?.isDone == false:
            return "\(key) failed after it had succeeded; mend the cause, then send refund.retried, "
                + "or settle it by other means and send refund.reviewed with \(byHand(kind))"
        case .bounced:
            return
                "\(key) failed after it had succeeded, and nothing is sent again: it was done twice, or the case had "
                + "ended by other means; \(check)"
        case .contradicted:
            return "\(key) was told to have succeeded and to have failed, and the two contradict each other; \(check), "
                + "then act on the case"
        case .inDoubt:
            return "\(key) was out and unanswered when an earlier key was told to have succeeded, so that both may be "
                + "done; \(check)"
        case .doneTwice:
            return "\(key) was told to have succeeded after another key had, so that it may be done twice; \(check)"
        case .afterEnd:
            return
                "\(key) was told to have succeeded after the case had ended without it; the money counts for the line; "
                + check
        }
    }

    /// The verdict for what a person did.
    private func byHand(_ kind: CommandKind) -> String {
        kind == .revoke ? Review.Verdict.accessWithdrawn.rawValue : Review.Verdict.close.rawValue
    }
}
