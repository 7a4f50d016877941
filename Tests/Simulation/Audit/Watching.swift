import RefundPolicy

/// The auditor's own cases, kept up with every transaction: what was told in which order is what the store has taken.
extension Auditor {
    /// A transaction has come through.
    ///
    /// - Parameters:
    ///   - touched: the requests whose cases it may have changed.
    ///   - deliveries: the ids of the messages that it was about, in their order.
    package func took(_ touched: [String], with deliveries: [String]) {
        guard violation == nil, let ledger else { return }
        let messages = deliveries.compactMap { sent[$0] }
        for message in messages { noteBrake(message) }
        var requests = touched
        for message in messages where !requests.contains(message.request) { requests.append(message.request) }
        for request in requests { follow(request, messages.filter { $0.request == request }, ledger) }
        watch.withdrawals = ledger.waitingWithdrawals()
        watch.refusedBefore = ledger.refusedActs()
    }

    private func follow(_ request: String, _ deliveries: [Sent], _ ledger: any AuditedStore) {
        let isNew = watch.models[request] == nil
        guard let status = ledger.status(of: request) else { return }
        let before = watch.models[request] ?? newModel(of: request)
        let known = watch.known[request] ?? (0, 0)
        let events = ledger.events(of: request, after: known.events)
        let messages = ledger.messages(of: request, after: known.messages)
        var model = before
        if !events.isEmpty || !messages.isEmpty {
            for (invariant, complaint) in model.absorb(
                events, messages, status: status, hasArrived: { self.arrivals[$0] != nil })
            {
                broken(invariant, complaint, about: request)
            }
            tally.count(.standing)
            if model.coolsUntil != nil { tally.count(.cooling) }
            tally.count(.alerts, times: messages.count { $0.type == "alert.needs_attention" })
            tally.count(.notices, times: messages.count { ["notice.settled", "notice.delayed"].contains($0.type) })
        }
        judge(deliveries, events, before, &model)
        watch.known[request] = (known.events + events.count, known.messages + messages.count)
        watch.models[request] = model
        for (command, name) in [(model.revoke, "revoke"), (model.payout, "payout")] {
            let key = "\(request)/\(name)"
            if !command.stands { watch.stoodSince[key] = nil }
            if command.stands, watch.stoodSince[key] == nil { watch.stoodSince[key] = timeline.now }
        }
        guard isNew else { return }
        let isWithdrawn =
            watch.withdrawals.contains(request) || deliveries.contains { $0.type == "refund.withdrawn" }
        check(
            .withdrawalWins, !isWithdrawn || model.status == .withdrawn, about: request,
            "\(request) was withdrawn before it was decided, and is \(model.status.rawValue)")
    }

    func newModel(of request: String) -> CaseModel {
        CaseModel(id: request, slack: scenario.clockOffset * 2, coolingOff: scenario.coolingOff)
    }

    /// What was delivered and has left no event must have been no news.
    private func judge(_ deliveries: [Sent], _ events: [EventRow], _ before: CaseModel, _ after: inout CaseModel) {
        var open = events.map(\.body)
        for message in deliveries {
            watch.news[message.id] = nil
            watch.due.remove(message.id)
            if case .unreadable = message.kind { continue }
            if let index = open.firstIndex(of: message.body) {
                open.remove(at: index)
                continue
            }
            if let reply = SpokenReply(type: message.type, body: message.body) {
                tally.count(.replies)
                let turns = [before.turn(reply), after.turn(reply)]
                if turns.contains(where: { $0 == .nothing || $0 == .recorded }) {
                    after.remember(reply)
                } else if turns[1] == .neverSent {
                    watch.news[message.id] = "is of a key that was never sent"
                } else {
                    watch.news[message.id] = "is news (\(turns[1]))"
                }
            } else if message.type == "refund.withdrawn" {
                tally.count(.withdrawalWins)
                if [before, after].allSatisfy({ $0.hasBegun && $0.mayBeWithdrawn }) {
                    watch.news[message.id] = "came in time"
                }
            } else if let act = Text.member("action_id", of: message.body) {
                guard !after.acts.contains(act), !watch.wasRefused(act) else { continue }
                // What else the transaction was about may have come before it or after, and another act between the two
                // (a retry, after which there was nothing to close until the next reply: seed 3413544).
                let isDue =
                    !events.contains { Text.member("action_id", of: $0.body) != nil }
                    && [before, after].allSatisfy { $0.hasBegun && $0.mustTake(message) { arrivals[$0] != nil } }
                if !isDue, ledger?.refusedActs().contains(act) == true {
                    // Rightly. Whoever did not hear of this commit finds the case as it left it (seed 3149200).
                    watch.refusedActs.insert(act)
                    continue
                }
                watch.news[message.id] = "is a new act"
                if isDue { watch.due.insert(message.id) }
            }
        }
        for event in events {
            guard let act = Text.member("action_id", of: event.body) else { continue }
            check(
                .acts, !watch.wasRefused(act), about: after.id,
                "\(after.id): the act \(act) was refused, and done when it came again")
        }
    }

    /// A worker has heard that its order was carried out, and will acknowledge that message with nothing more to do.
    package func isDone(with id: String) {
        guard let why = watch.news.removeValue(forKey: id), let message = sent[id] else { return }
        // The same act may have been refused just before it in the same transaction.
        if let act = Text.member("action_id", of: message.body), watch.refusedActs.contains(act) { return }
        let invariant: Invariant =
            message.type.hasPrefix("command.") ? .replies : message.type == "refund.withdrawn" ? .withdrawalWins : .acts
        broken(
            invariant,
            "\(id) (\(message.type) of \(message.request)) changed nothing, though it \(why)", about: message.request)
    }

    /// A worker has refused a message.
    package func isRefused(_ id: String, because code: String) {
        guard violation == nil, let message = sent[id], !isReplaying else { return }
        if watch.news.removeValue(forKey: id) != nil, message.type == "refund.withdrawn" {
            broken(.withdrawalWins, "\(id) came in time, and was refused: \(code)", about: message.request)
        }
        // One that waited for its request until its patience was over is refused as well.
        guard ["not_applicable", "invalid_amount", "amount_needed", "unknown_request"].contains(code),
            let act = Text.member("action_id", of: message.body)
        else { return }
        defer { watch.refusedActs.insert(act) }
        guard code == "not_applicable", let model = watch.models[message.request], !watch.refusedActs.contains(act)
        else { return }
        check(
            .acts, !watch.due.contains(id), about: message.request,
            "\(id) (\(message.type) \(Text.member("verdict", of: message.body) ?? "")) was refused while the case was "
                + model.status.rawValue)
    }

    // MARK: What leaves a worker

    /// A worker hands a message to the broker.
    package func writes(_ id: String) {
        guard violation == nil, let key = Text.key(id), key.command == "payout" || key.command == "revoke",
            let model = watch.models[key.request]
        else { return }
        let command = key.command == "payout" ? model.payout : model.revoke
        check(
            .closed, !model.isShut, about: key.request,
            "\(id) leaves a worker after the case has ended")
        check(
            .closed, command.keys.indices.contains(key.number - 1), about: key.request,
            "\(id) leaves a worker, and was not committed")
        guard violation == nil else { return }
        check(
            .done, !command.keys[key.number - 1].isTakenBack, about: key.request,
            "\(id) leaves a worker after it was taken back")
        if let since = watch.stoodSince["\(key.request)/\(key.command)"] {
            check(
                .done, timeline.now < since + Watch.mostHeld, about: key.request,
                "\(id) leaves a worker, and the command has succeeded at \(since)")
        }
        if key.command == "payout", let pause = watch.pause {
            check(
                .brake, timeline.now < pause.since + Watch.mostHeld, about: key.request,
                "\(id) leaves a worker, and payouts are paused since \(pause.since)")
        }
    }

    private func noteBrake(_ message: Sent) {
        guard let act = Text.member("action_id", of: message.body) else { return }
        if message.type == "payouts.paused", watch.brakeActs.insert(act).inserted {
            // It takes the place of an older one; whether a resumption that was told before it counts is not said.
            watch.pause = watch.lifted.contains(act) ? nil : (act, timeline.now)
        } else if message.type == "payouts.resumed", let pause = Text.member("pause", of: message.body) {
            watch.lifted.insert(pause)
            guard let standing = watch.pause, standing.act == pause else { return }
            if timeline.now > standing.since + scenario.beats(8) + .seconds(120) { watch.wasPausedLong = true }
            watch.pause = nil
        }
    }
}

extension Auditor {
    /// What the auditor keeps of the cases.
    struct Watch {
        var models: [String: CaseModel] = [:]
        /// How many events and messages of a case it has read.
        var known: [String: (events: Int, messages: Int)] = [:]
        /// Messages that were delivered, left no trace, and are news.
        var news: [String: String] = [:]
        /// Acts that were delivered, left no trace, and were right.
        var due: Set<String> = []
        /// Requests whose withdrawals waited in the store before this transaction.
        var withdrawals: Set<String> = []
        /// Acts that were refused, as far as a dead letter has told.
        var refusedActs: Set<String> = []
        /// Those that the store had refused before this transaction: their dead letters may be kept in it for a while.
        var refusedBefore: Set<String> = []
        /// Since when a command has succeeded.
        var stoodSince: [String: Instant] = [:]
        var pause: (act: String, since: Instant)?
        var brakeActs: Set<String> = []
        /// Pauses that somebody has lifted, or wanted to.
        var lifted: Set<String> = []

        var wasPausedLong = false

        /// How long a worker may have a message that it got before.
        static let mostHeld: Duration = .seconds(20)

        func wasRefused(_ act: String) -> Bool { refusedActs.contains(act) || refusedBefore.contains(act) }
    }
}

extension CaseModel {
    func turn(_ reply: SpokenReply) -> CommandModel.Turn {
        reply.command == "payout" ? payout.turn(reply) : revoke.turn(reply)
    }

    mutating func remember(_ reply: SpokenReply) {
        if reply.command == "payout" { payout.remember(reply) } else { revoke.remember(reply) }
    }

    /// Whether an act is one that the case's state allows, where that is certain.
    func mustTake(_ message: Auditor.Sent, _ hasArrived: (String) -> Bool) -> Bool {
        let isCalled = isOpen && status == .attention && !(calls == ["refund_missed"] && isCallSoft)
        if message.type == "refund.retried" { return isCalled && calls != ["refund_missed"] }
        switch Text.member("verdict", of: message.body) {
        case "close": return isCalled
        case "void": return mayBeVoided(hasArrived) && payout.unanswered.isEmpty
        case "access_withdrawn": return isOpen && status != .inReview && !isRevoked
        case "approve", "reject": return isOpen && status == .inReview
        default: return false
        }
    }
}
