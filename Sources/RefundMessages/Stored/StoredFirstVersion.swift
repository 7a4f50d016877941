import RefundCase
import RefundPolicy

/// What stores have kept of a case before version 2 of the contract: one key with counters, and the two latest replies.
extension JSONFields {
    /// Whether the case was written before version 2.
    var isOfFirstVersion: Bool {
        (try? object("revoke")).flatMap(\.self)?["keys"] == nil
    }

    func commandOfFirstVersion(_ kind: CommandKind) throws(DeadLetterReason) -> Command {
        let progress = try progress()
        let attempts = Int(try requiredInteger("attempts"))
        guard let message = self["message"]?.integer.map({ MessageOrdinal(Int($0)) }) else {
            return Command(kind: kind, attempts: attempts, progress: progress)
        }
        let count = Int(try requiredInteger("key"))
        guard (1...1_000_000).contains(count) else {
            throw .invalidField(path: path(of: "key"), problem: "must be the number of a key")
        }
        // Where the messages of earlier keys stand was not kept; nothing asks for them any more.
        var keys = [SentKey](
            repeating: SentKey(issuedAt: try instant("issued_at"), message: message, word: .failure), count: count)
        keys[count - 1].sendings = Int(try requiredInteger("sendings"))
        keys[count - 1].word = .nothing
        if let fields = try object("failure"), let failure = try failure(),
            let place = try fields.place(among: keys)
        {
            keys[place].word = .failure
            keys[place].failure = failure
        }
        if let fields = try object("success"), let place = try fields.place(among: keys) {
            let success = try fields.success()
            keys[place].firstSuccess = success
            keys[place].latestSuccess = success
            // A success that was kept while the command had not succeeded has bounced since, be it retried by now or not.
            let hasBounced = progress != .succeeded
            keys[place].word = hasBounced ? .failure : .success
            keys[place].bounces = hasBounced ? 1 : 0
        }
        return Command(
            kind: kind, keys: keys, attempts: attempts, progress: progress,
            awaitsPerson: progress == .failed(.bounced))
    }

    /// A closed case: what a payout that did not stand owed was paid by other means.
    func closedInFirstVersion(_ before: Fulfilment, _ status: CaseStatus) throws(DeadLetterReason) -> Fulfilment {
        guard status == .settled || status == .attention, try review()?.verdict == .close else { return before }
        let stands = before.payout?.stands ?? false
        // Before this was kept, a payout that was open in a closed case was left to other means.
        let isPaidOtherwise = self["paid_otherwise"]?.boolean ?? (before.payout != nil && !stands)
        guard isPaidOtherwise || status == .settled else { return before }
        var fulfilment = before
        fulfilment.closing = Fulfilment.Closing(
            paidByOtherMeans: isPaidOtherwise ? before.refund : .zero(before.refund.currency), reference: nil,
            payoutStood: stands && !isPaidOtherwise)
        if !fulfilment.revocation.stands { fulfilment.revocation.progress = .doneByHand }
        if isPaidOtherwise, !stands { fulfilment.payout?.progress = .ended }
        return fulfilment
    }

    private func place(among keys: [SentKey]) throws(DeadLetterReason) -> Int? {
        let place = Int(try requiredInteger("key")) - 1
        return keys.indices.contains(place) ? place : nil
    }
}
