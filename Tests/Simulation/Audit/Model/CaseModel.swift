package import RefundPolicy

/// A case as the contract's § 4 has it: a reading of the auditor's own, which shares nothing with the worker's.
///
/// It is told what the store has taken, in its order, and which messages were committed with it; it says what does not fit.
struct CaseModel {
    enum Status: String {
        case inReview = "in_review"
        case approved, attention, settled, rejected, withdrawn
    }

    /// How a case came to its end.
    enum End {
        /// By its commands.
        case itself
        /// A person has closed it; `paidOut` if a payout stood then.
        case closed(paidOut: Bool)
        case void, withdrawn, rejected
    }

    let id: String
    /// How far clocks may be apart.
    let slack: Duration
    /// How long both commands are held once it is approved.
    let coolingOff: Duration
    private(set) var approvedAt: Instant?
    var status = Status.approved
    var end: End?
    var revoke = CommandModel(name: "revoke")
    var payout = CommandModel(name: "payout")
    var revokedByHand = false
    /// In cents; `nil` until it is approved.
    var granted: Int?
    /// Why a person is called: `failed/payout#1` and the like.
    var calls: Set<String> = []
    /// A deadline was missed before the case ended, and the case was opened again though the money has moved: whether that
    /// calls somebody still is left open.
    var isCallSoft = false
    /// The customer was told that it is too late to withdraw.
    var hasRefusedWithdrawal = false
    var hasMissedRefund = false
    /// Acts that have come, done or refused.
    var acts: Set<String> = []
    var settlements = 0
    var delays = 0
    /// Money that has moved and that the customer was not told of.
    var hasUntoldMoney = false
    /// For each key the words that it has had at the ends of transactions, for who looks at the whole only.
    private var pastWords: Set<String> = []
    var complaints: [(Invariant, String)] = []
    /// Who has said something of the case in this transaction and must find it in the messages.
    var group = Group()

    /// What one transaction has brought.
    struct Group {
        var messages: [SentRow] = []
        /// Where the store has the case afterwards.
        var stored: String?
        /// Alerts that must be among them, as `<code>/<key>`.
        var required: [String] = []
        /// Alerts that may be.
        var possible: Set<String> = []
        /// Settlements that must be among them.
        var settlements: [Settlement] = []
        var delays = 0
        var hasFallenDue = false
        /// What the payout was for was done before.
        var wasPaid = false
    }

    struct Settlement {
        let refund: Int
        let byPayout: Int
        let byOthers: Int
    }

    init(id: String, slack: Duration, coolingOff: Duration) {
        (self.id, self.slack, self.coolingOff) = (id, slack, coolingOff)
    }

    var isOpen: Bool { end == nil }
    private(set) var hasBegun = false
    /// After this nothing may leave.
    var isShut: Bool {
        switch end {
        case .closed, .void, .withdrawn, .rejected: true
        case .itself, nil: false
        }
    }

    mutating func complain(_ invariant: Invariant, _ text: String) { complaints.append((invariant, "\(id): \(text)")) }

    // MARK: A transaction

    /// Takes what a transaction has added.
    ///
    /// - Parameters:
    ///   - status: as the store has it afterwards; `nil` where that can't be told.
    ///   - hasArrived: whether the broker has had a message of that id.
    mutating func absorb(
        _ events: [EventRow], _ messages: [SentRow], status: String?, hasArrived: (String) -> Bool
    ) -> [(Invariant, String)] {
        complaints = []
        group = Group()
        group.messages = messages
        group.stored = status
        group.wasPaid = isPaid
        for event in events { take(event, hasArrived) }
        if group.hasFallenDue { fallDue() }
        missRefund()
        checkKeys()
        checkAlerts(hasArrived)
        checkNotices()
        if let status { checkStatus(status) }
        remember()
        return complaints
    }

    private mutating func take(_ event: EventRow, _ hasArrived: (String) -> Bool) {
        if let act = Text.member("action_id", of: event.body), !acts.insert(act).inserted {
            complain(.acts, "the act \(act) was taken a second time (\(event.kind))")
        }
        switch event.kind {
        case "requested":
            hasBegun = true
            open(event)
        case "succeeded", "failed":
            if let reply = SpokenReply(type: "command.\(event.kind)", body: event.body) {
                take(reply, at: event.at, hasArrived)
            }
        case "withdrawn": withdraw()
        case "reviewed": review(event, hasArrived)
        case "retried": retry(event)
        case "fell_due": group.hasFallenDue = true
        default: complain(.rebuild, "an event of the strange kind \(event.kind)")
        }
        sendKeys(at: event.at, isPersons: event.kind == "retried")
    }

    private mutating func open(_ event: EventRow) {
        let decided = group.messages.first { $0.type == "notice.decided" }
        let outcome = decided.flatMap { Text.member("outcome", of: $0.body) }
        switch outcome {
        case "approved": approve(decided.flatMap { Text.money("refund", of: $0.body) }, at: event.at)
        case "in_review": status = .inReview
        case "rejected": (status, end) = (.rejected, .rejected)
        case nil: (status, end) = (.withdrawn, .withdrawn)
        default: complain(.rightDecision, "decided as \(outcome ?? "")")
        }
    }

    mutating func approve(_ amount: Int?, at now: Instant) {
        (status, granted, approvedAt) = (.approved, amount, now)
        settleDown()
    }

    // MARK: Where it stands

    /// Nothing of it was committed for sending, so that a customer may still think again.
    var mayBeWithdrawn: Bool {
        isOpen && (status == .inReview || status == .approved && revoke.keys.isEmpty && payout.keys.isEmpty)
    }

    /// Until when nothing of it is committed for sending, by the clock of whoever approved it.
    var coolsUntil: Instant? { coolingOff > .zero ? approvedAt.map { $0 + coolingOff } : nil }

    var isRevoked: Bool { revokedByHand || revoke.stands }
    var isPaid: Bool { payout.stands || granted == 0 }

    /// Whether that message may have been taken back before the broker had it.
    func mayHaveTakenBack(_ name: String) -> Bool {
        guard let key = Text.key(name) else { return false }
        let command = key.command == "payout" ? payout : revoke
        guard command.keys.indices.contains(key.number - 1) else { return false }
        let known = command.keys[key.number - 1]
        // Once a person has done it by hand, or another key stands, what was never answered need not go out.
        let isNeedless = command.stands || (key.command == "revoke" && revokedByHand)
        return known.isTakenBack || known.isDoubtful || isShut || (isNeedless && known.word == .nothing)
    }

    /// Whether a reply has proved that the broker had that message, whatever was heard of it from the broker.
    func isAnswered(_ name: String) -> Bool {
        guard let key = Text.key(name) else { return false }
        let command = key.command == "payout" ? payout : revoke
        return command.keys.indices.contains(key.number - 1) && command.keys[key.number - 1].word != .nothing
    }

    /// After anything that may have ended or raised attention.
    mutating func settleDown() {
        guard isOpen, status != .inReview else { return }
        if isRevoked, isPaid {
            (status, end) = (.settled, .itself)
            calls = []
            tellSettlement(Settlement(refund: granted ?? 0, byPayout: granted ?? 0, byOthers: 0))
        } else {
            status = calls.isEmpty ? .approved : .attention
        }
    }

    /// A settlement is told once for money that has moved.
    mutating func tellSettlement(_ settlement: Settlement) {
        guard hasUntoldMoney || settlements == 0 else { return }
        hasUntoldMoney = false
        settlements += 1
        group.settlements.append(settlement)
    }

    private mutating func remember() {
        for command in [revoke, payout] {
            for (index, key) in command.keys.enumerated() where key.word != .nothing {
                pastWords.insert("\(command.name)#\(index + 1) \(key.word == .success)")
            }
        }
    }

    /// Whether there was a time at which these words were no news.
    func wasNothing(_ reply: SpokenReply) -> Bool {
        switch turn(reply) {
        case .nothing, .recorded: true
        default: pastWords.contains("\(reply.key) \(reply.isSuccess)")
        }
    }

    private mutating func checkStatus(_ stored: String) {
        if stored == status.rawValue { return }
        let open = [Status.approved.rawValue, Status.attention.rawValue]
        let onlySoft = calls == ["refund_missed"] && isCallSoft
        if isOpen, open.contains(stored), open.contains(status.rawValue), onlySoft { return }
        complain(.standing, "stands as \(stored), and by what was said it is \(status.rawValue) (\(calls.sorted()))")
    }

    // MARK: Keys

    /// New keys that are right at this moment.
    private mutating func sendKeys(at now: Instant, isPersons: Bool) {
        for name in ["revoke", "payout"] {
            while let next = nextKey(of: name), mayBeSent(name, next, isPersons: isPersons) {
                // What is sent first ends it, for clocks that are behind as well.
                if let coolsUntil, now < coolsUntil, revoke.keys.isEmpty, payout.keys.isEmpty {
                    complain(.cooling, "\(name)#\(next) was made at \(now), and is held until \(coolsUntil)")
                }
                if name == "revoke" { revoke.send(at: now) } else { payout.send(at: now) }
            }
        }
    }

    /// A key of the transaction that is not counted yet.
    func nextKey(of name: String) -> Int? {
        let number = (name == "revoke" ? revoke : payout).keys.count + 1
        return group.messages.contains { $0.id == "\(id)/\(name)#\(number)" } ? number : nil
    }

    private func mayBeSent(_ name: String, _ number: Int, isPersons: Bool) -> Bool {
        let command = name == "revoke" ? revoke : payout
        guard isOpen, status == .approved || status == .attention, command.isFree, !command.stands else { return false }
        if name == "revoke", revokedByHand { return false }
        if name == "payout", granted == 0 { return false }
        if number == 1 { return true }
        if isPersons { return true }
        return group.hasFallenDue && !command.needsPerson && !calls.contains("failed/\(name)")
    }

    private mutating func checkKeys() {
        if group.hasFallenDue, let at = group.messages.first?.at { sendKeys(at: at, isPersons: false) }
        for name in ["revoke", "payout"] {
            guard let number = nextKey(of: name) else { continue }
            let command = name == "revoke" ? revoke : payout
            complain(
                .identity,
                "\(name)#\(number) was made with the keys \(command.keys.map { "\($0.word)" }) in \(status.rawValue)"
                    + (command.needsPerson ? ", and nobody asked for it" : ""))
        }
    }
}

/// An event as the store has it.
package struct EventRow {
    let at: Instant
    let kind: String
    let body: [UInt8]

    package init(at: Instant, kind: String, body: [UInt8]) { (self.at, self.kind, self.body) = (at, kind, body) }
}

/// A message as the store has it.
package struct SentRow {
    let id: String
    let type: String
    let at: Instant
    let body: [UInt8]

    package init(id: String, type: String, at: Instant, body: [UInt8]) {
        (self.id, self.type, self.at, self.body) = (id, type, at, body)
    }
}
