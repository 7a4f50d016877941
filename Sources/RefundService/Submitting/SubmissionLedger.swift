import AMQPClient
import RefundMessages
import RefundPolicy

/// The messages that were published and not confirmed yet, by the number of their confirm.
struct SubmissionLedger {
    /// Messages in flight at most.
    static let countLimit = 1_000
    /// Bytes in flight at most, unless one message alone has more.
    static let byteLimit = 16_777_216

    private struct Entry {
        let submission: Submission
        /// Why the broker sent it back, if it did; its confirm follows.
        var returned: String?
    }

    private var entries: [UInt64: Entry] = [:]
    private var lowest: UInt64 = 1
    private var byteCount = 0

    var count: Int { entries.count }

    func hasRoom(for size: Int) -> Bool {
        entries.isEmpty
            || (entries.count < SubmissionLedger.countLimit && byteCount + size <= SubmissionLedger.byteLimit)
    }

    /// The oldest message that is still open.
    var oldest: Submission? {
        entries.min { $0.key < $1.key }?.value.submission
    }

    mutating func add(_ submission: Submission, sequence: UInt64) {
        if entries.isEmpty { lowest = sequence }
        entries[sequence] = Entry(submission: submission)
        byteCount += submission.body.count
    }

    /// A return carries no number: the oldest open message with the same id and body is meant (they come in order).
    mutating func noteReturn(_ returned: ReturnedMessage) {
        let candidates = entries.filter { _, entry in
            entry.returned == nil && entry.submission.requestID?.text == returned.properties.messageID
                && entry.submission.type.rawValue == returned.routingKey
                && entry.submission.body == returned.body.bytes
        }
        guard let sequence = candidates.keys.min() else { return }
        entries[sequence]?.returned = "\(returned.replyText) (\(returned.replyCode))"
    }

    /// - Returns: the messages that the confirm settles, oldest first, each with what went wrong, if anything did.
    mutating func settle(_ confirmation: Confirmation) -> [(submission: Submission, problem: String?)] {
        let first = confirmation.multiple ? lowest : confirmation.sequence
        guard first <= confirmation.sequence else { return [] }
        var settled: [(submission: Submission, problem: String?)] = []
        for sequence in first...confirmation.sequence {
            guard let entry = entries.removeValue(forKey: sequence) else { continue }
            byteCount -= entry.submission.body.count
            settled.append((entry.submission, problem(of: entry, confirmation)))
        }
        if confirmation.multiple { lowest = confirmation.sequence + 1 }
        return settled
    }

    private func problem(of entry: Entry, _ confirmation: Confirmation) -> String? {
        if let returned = entry.returned {
            return "the broker returned it: \(returned); run refund-worker topology check, then submit it again"
        }
        guard confirmation.isAcknowledged else {
            return
                "the broker refused it (nack): the queue is full or has no leader; look at the queue, then submit it again"
        }
        return nil
    }
}
