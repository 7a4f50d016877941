import RefundPolicy

extension RefundCase {
    /// A person wants a stuck case's unfinished commands sent again (contract § 4: `attention` → `approved`).
    ///
    /// What the other side has refused goes out under its next key; what it never answered, under the same key and
    /// byte for byte.
    func applyRetry(_ retry: Retry, at now: Instant) -> Transition {
        guard case .attention(var fulfilment) = state else {
            return lastRetry == retry ? .unchanged : .refused(.notApplicable)
        }
        var next = following()
        var effects: [Effect] = []
        next.lastRetry = retry
        fulfilment.round += 1
        for kind in CommandKind.allCases {
            guard fulfilment.maySend(kind), var command = fulfilment[kind], !command.hasSucceeded else { continue }
            command.attempts = 0
            next.sendAgain(&command, at: now, into: &effects)
            fulfilment[kind] = command
        }
        // A held command has no message yet; with nothing to send, the case would wait for ever.
        guard !effects.isEmpty else { return .refused(.notApplicable) }
        next.state = .approved(fulfilment)
        return .changed(next, effects)
    }

    /// Sends a command once more: under the next key if the other side refused this one, else the same message.
    mutating func sendAgain(_ command: inout Command, at now: Instant, into effects: inout [Effect]) {
        if let failure = command.failure, failure.key == command.key {
            command.earlierFailures.append(failure.occurredAt)
            command.earlierWasResent = command.earlierWasResent || command.sendings > 1
            command.key += 1
            issue(&command, at: now, into: &effects)
        } else if let message = command.message {
            command.attempts += 1
            command.sendings += 1
            command.progress = .awaitingReply(until: replyDue(for: command, at: now))
            effects.append(.resend(command.kind, message, attempt: command.sendings))
        }
    }
}
