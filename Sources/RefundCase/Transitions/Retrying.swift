import RefundPolicy

extension RefundCase {
    /// A person wants a stuck case's unfinished commands sent again (contract § 4: `attention` → `approved`).
    ///
    /// A new key goes out only where the last word of every key is failure; what was never answered goes out under the
    /// same key and byte for byte. A payout that was held goes out although its currency was withdrawn: a person has said so.
    func applyRetry(at now: Instant) -> Transition {
        guard case .attention(var fulfilment) = state else { return .refused(.notApplicable) }
        var next = following()
        var effects: [Effect] = []
        for kind in CommandKind.allCases {
            guard var command = fulfilment[kind], !command.isDone, command.progress != .ended,
                command.current != nil || command.progress == .failed(.currencyWithdrawn)
            else { continue }
            command.attempts = 0
            command.awaitsPerson = false
            if command.current == nil {
                next.issue(&command, at: now, into: &effects)
            } else {
                next.sendAgain(&command, at: now, into: &effects)
            }
            fulfilment[kind] = command
        }
        // A held command has no message yet; with nothing to send, the case would wait for ever.
        guard !effects.isEmpty else { return .refused(.notApplicable) }
        next.carry(fulfilment, at: now, into: &effects)
        return .changed(next, effects)
    }
}
