import RefundCase
import RefundMessages
import RefundPolicy

extension CaseKeys {
    /// What must be loaded to decide a message.
    mutating func add(_ message: InboundMessage) {
        if let id = message.requestID { requests.append(id) }
        if let word = message.word { words.append(word) }
        if let action = message.actionID { actions.append(action) }
        if case .requested(let request) = message {
            lines.append(request.line)
            if let proof = request.proofUse { proofs.append(proof) }
            withdrawalsOf.append(request.id)
        }
    }
}

extension KeptDelivery {
    var withdrawal: Withdrawal? {
        if case .event(.withdrawn(let withdrawal), _) = message { withdrawal } else { nil }
    }
}
