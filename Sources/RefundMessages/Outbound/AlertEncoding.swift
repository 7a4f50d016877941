import RefundCase
import RefundPolicy

extension OutboundEncoder {
    /// Writes an alert to the operators (contract § 3).
    func encodeAlert(_ cause: AlertCause, of refundCase: RefundCase) -> EncodedMessage {
        let id = "\(refundCase.id.text)/alert/\(cause.name)"
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
        case .command, .doneTwice, .revokedAfterWithdrawal:
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
        case .command(let kind, let trouble, _): message(for: kind, trouble, of: refundCase)
        case .doneTwice(let kind):
            "\(kind.commandID(of: refundCase.id)) was reported to have succeeded after another of its keys, or after "
                + "a person had closed the case; check with the other system whether it acted twice"
        case .revokedAfterWithdrawal:
            "the request was withdrawn after \(CommandKind.revoke.commandID(of: refundCase.id)) had been sent; the "
                + "customer keeps the service, so restore the access"
        }
    }

    private func message(for kind: CommandKind, _ trouble: Command.Trouble, of refundCase: RefundCase) -> String {
        let command = kind.commandID(of: refundCase.id)
        switch trouble {
        case .failed:
            let code = refundCase.state.fulfilment?[kind]?.failure?.code ?? "unknown"
            return "\(command) failed for good with \(code); mend the cause, then send refund.retried, "
                + "or settle it by other means and send refund.reviewed with close"
        case .unanswered:
            return "\(command) was sent \(refundCase.policy.commands.maxAttempts) times without a reply; check that "
                + "the other system reads its queue, then send refund.retried"
        case .bounced where kind == .payout && refundCase.state.fulfilment?.isPaidOtherwise == true:
            return "\(command) failed after it had succeeded; a person had closed the case as paid by other means, so "
                + "nothing is sent again; check that the customer has the money once"
        case .bounced:
            return "\(command) failed after it had succeeded; mend the cause, then send refund.retried, "
                + "or settle it by other means and send refund.reviewed with close"
        }
    }
}
