package import RefundPolicy

/// Sees what goes in and what comes out, and reads the store by SQL; it judges by none of the worker's rules. The first
/// thing that does not hold ends the run.
package final class Auditor {
    /// What was sent to the worker, and what may become of it.
    package struct Sent {
        package enum Kind: Equatable {
            case request, event, reply
            /// About all cases.
            case fleet
            /// About a request that never comes.
            case orphan
            case unreadable(code: String)
            /// Kills every worker that reads it.
            case deadly
        }

        package let id: String
        package let type: String
        package let request: String
        package let kind: Kind
        package let body: [UInt8]
        let at: Instant
        var isAcknowledged = false
        /// The code under which it came to `refund.dead`.
        package internal(set) var deadCode: String?
        /// The broker gave it up after too many returns.
        package internal(set) var exceededReturns = false
        var wasParked = false

        package init(id: String, type: String, request: String, kind: Kind, body: [UInt8], at: Instant) {
            (self.id, self.type, self.request, self.kind, self.body, self.at) = (id, type, request, kind, body, at)
        }
    }

    /// A message of the worker's that has arrived in a queue.
    package struct Arrival {
        let body: [UInt8]
        let firstAt: Instant
        let queue: QueueName
    }

    let scenario: Scenario
    let timeline: Timeline
    package var tally: Tally {
        get { faults.tally }
        set { faults.tally = newValue }
    }
    private let faults: Faults
    package var ledger: (any AuditedStore)?
    /// What is said now was all said before.
    package var isReplaying = false

    package private(set) var violation: Violation?
    /// By message id, and in the order of sending.
    package internal(set) var sent: [String: Sent] = [:]
    package private(set) var sentOrder: [String] = []
    /// The ids of what was sent about each request: a drill's hour sends hundreds of thousands.
    private(set) var sentAbout: [String: [String]] = [:]
    /// By message id.
    package private(set) var arrivals: [String: Arrival] = [:]
    /// Messages that the broker has returned or refused at some time: the store keeps them and they are tried again.
    private(set) var notTaken: Set<String> = []
    private(set) var variants: [String: [RequestVariant]] = [:]
    package private(set) var requestOrder: [String] = []
    /// The most that any request says was paid in for a line.
    private var paidInByLine: [String: Int] = [:]
    /// Which requests are about a line.
    private(set) var requestsByLine: [String: Set<String>] = [:]
    /// All that was said about an invoice, whatever its spelling.
    private(set) var variantsByInvoice: [String: [RequestVariant]] = [:]
    /// Requests that were told to wait for a person, since another may be about the same money.
    var doubted: Set<String> = []
    /// Which requests about an invoice were paid without a person's word.
    private var paidUnseen: [String: Set<String>] = [:]
    /// Amounts in cents that people have named; `nil` for the computed one.
    private(set) var reviewed: [String: [Int?]] = [:]
    private var paidByKey: [String: Int] = [:]
    private var paidByRequest: [String: Int] = [:]
    private var paidByLine: [String: Int] = [:]
    private var refusedKeys: Set<String> = []
    /// Requests about whose payouts the systems behind have said what was not so: then money may go twice.
    private var misled: Set<String> = []
    var watch = Watch()
    /// Innocents that have gone back with poison time and again.
    private var companions: Set<String> = []
    /// Requests whose cases the store has refused at some time.
    var everRefused: Set<String> = []

    package init(scenario: Scenario, timeline: Timeline, faults: Faults) {
        self.scenario = scenario
        self.timeline = timeline
        self.faults = faults
    }

    package func broken(_ invariant: Invariant, _ detail: @autoclosure () -> String, about request: String? = nil) {
        guard violation == nil, !scenario.overlooked.contains(invariant) else { return }
        violation = Violation(invariant: invariant, detail: detail(), request: request)
    }

    /// Checks one thing.
    package func check(
        _ invariant: Invariant, _ holds: @autoclosure () -> Bool, about request: String? = nil,
        _ detail: @autoclosure () -> String
    ) {
        guard violation == nil else { return }
        tally.count(invariant)
        if !holds() { broken(invariant, detail(), about: request) }
    }

    // MARK: What goes in

    package func willRequest(_ variants: [RequestVariant]) {
        guard let id = variants.first?.id else { return }
        self.variants[id] = variants
        requestOrder.append(id)
        for variant in variants {
            paidInByLine[variant.line] = max(paidInByLine[variant.line] ?? 0, variant.paid)
            requestsByLine[variant.line, default: []].insert(id)
            variantsByInvoice[variant.invoice, default: []].append(variant)
        }
    }

    package func sends(_ message: Sent) {
        sent[message.id] = message
        sentOrder.append(message.id)
        sentAbout[message.request, default: []].append(message.id)
    }

    package func reviewed(_ id: String, amount: Int?) { reviewed[id, default: []].append(amount) }

    /// A reply is about to be sent.
    package func told(_ key: String, success: Bool) {
        if !success { refusedKeys.insert(key) }
    }

    /// The systems behind say of a request what is not so.
    package func isMisled(_ request: String) { misled.insert(request) }

    /// Whether that key was ever said to have failed.
    package func wasRefused(_ key: String) -> Bool { refusedKeys.contains(key) }

    /// The variant that opened the case, or the only one there is.
    func variant(_ id: String) -> RequestVariant? {
        guard let variants = variants[id] else { return nil }
        guard variants.count > 1, let opening = ledger?.openingBody(of: id) else { return variants.first }
        return variants.first { $0.body == opening || $0.respelled == opening }
    }

    package func paid(_ id: String) -> Int { variant(id)?.paid ?? 0 }
    package func refund(_ id: String) -> Int? { variant(id)?.refund }
    package func currency(_ id: String) -> String { variant(id)?.currency ?? "USD" }

    // MARK: At every step

    func unknownTag(_ tag: UInt64, on connection: String) {
        broken(.manners, "\(connection) acknowledged the unknown tag \(tag)")
    }

    func ordered(whileBusy: Bool, by worker: String) {
        check(.manners, !whileBusy, "\(worker) gave the store a second order")
    }

    package func brokerBuried(_ message: BrokerMessage, because code: String) {
        if code == "delivery_limit" { sent[message.id]?.exceededReturns = true }
    }

    /// A queue has had a message back (invariant 7): poison meets workers in full swing, so that it takes innocents along now
    /// and then. Often enough to come near the broker's limit, it may only be what is in front of the other queue.
    func returned(_ message: BrokerMessage) {
        guard message.returnsByPoison > 12, let known = sent[message.id], known.kind != .deadly else { return }
        companions.insert(message.id)
        let deadly = sent.values.count { $0.kind == .deadly }
        check(
            .innocents, companions.count <= deadly * scenario.workers, about: known.request,
            "\(companions.count) messages have each gone back over 12 times with one that kills its worker")
    }

    func notTaken(_ id: String) { notTaken.insert(id) }

    /// After every transaction.
    package func committed() {
        guard violation == nil, let ledger else { return }
        for id in ledger.parkedMessages() { sent[id]?.wasParked = true }
    }

    /// A message has arrived in a queue (invariants 2 and 3).
    package func published(_ message: BrokerMessage, in queue: QueueName) {
        tally.publications += 1
        guard violation == nil, let ledger else { return }
        guard queue != .dead else { return died(message) }
        let request = message.id.split(separator: "/").first.map(String.init)
        if let known = arrivals[message.id] {
            return check(.identity, known.body == message.body, about: request, "\(message.id) came with other bytes")
        }
        arrivals[message.id] = Arrival(body: message.body, firstAt: timeline.now, queue: queue)
        let stored = ledger.messageBodies(message.id)
        check(.onlyCommitted, stored.contains(message.body), about: request, "\(message.id) is not in the store")
        check(.identity, stored.count == 1, about: request, "\(message.id) is in the store \(stored.count) times")
        if queue == .payout || queue == .revoke { checkKey(message) }
        if message.type == "notice.decided" { checkDecision(message) }
    }

    private func checkKey(_ message: BrokerMessage) {
        guard let key = Text.key(message.id) else {
            return broken(.identity, "\(message.id) is no idempotency key")
        }
        guard key.number > 1 else { return }
        let before = "\(key.request)/\(key.command)#\(key.number - 1)"
        check(
            .identity, refusedKeys.contains(before), about: key.request,
            "\(message.id) went out although \(before) was never said to have failed")
    }

    private func died(_ message: BrokerMessage) {
        guard var known = sent[message.id] else {
            return broken(.onlyCommitted, "\(message.id) is in refund.dead and was never sent")
        }
        check(.identity, known.body == message.body, about: known.request, "\(message.id) died with other bytes")
        let code = message.deadCode ?? ""
        known.deadCode = code
        sent[message.id] = known
        if let act = Text.member("action_id", of: known.body), code != "delivery_limit" {
            watch.refusedActs.insert(act)
        }
        check(
            .innocents, mayDie(known, because: code), about: known.request,
            "\(message.id) (\(known.type)) became a dead letter: \(code)")
    }

    // MARK: Money

    /// The payout system pays, once for a key (invariant 5).
    package func pay(_ message: BrokerMessage) {
        guard let key = Text.key(message.id), let amount = Text.member("amount", of: message.body).flatMap(Text.cents)
        else { return broken(.money, "\(message.id) names no amount") }
        tally.payouts += 1
        guard let variant = variant(key.request) else {
            return broken(.money, "\(message.id) pays for a request that was never made", about: key.request)
        }
        let computed = variant.outcome == .rejected ? nil : variant.refund
        var allowed = variant.outcome == .approved ? [computed] : []
        for review in reviewed[key.request] ?? [] { allowed.append(review ?? computed) }
        check(
            .money, allowed.contains(amount), about: key.request,
            "\(message.id) pays \(amount), and right were \(allowed.compactMap { $0 })")
        paidByKey[message.id] = amount
        paidByRequest[key.request, default: 0] += amount
        guard !misled.contains(key.request) else { return }
        check(
            .money, paidByRequest[key.request, default: 0] <= variant.paid, about: key.request,
            "\(message.id): \(paidByRequest[key.request, default: 0]) paid out, \(variant.paid) paid in")
        // A person may take two spellings for two lines, and their word counts; nobody else's does.
        guard !doubted.contains(key.request) else { return }
        paidUnseen[variant.invoice, default: []].insert(key.request)
        check(
            .money, paidUnseen[variant.invoice, default: []].count <= 1, about: key.request,
            "\(message.id): \(paidUnseen[variant.invoice, default: []].sorted()) were paid on one invoice, and no person said so"
        )
        paidByLine[variant.line, default: 0] += amount
        let most = paidInByLine[variant.line] ?? 0
        check(
            .money, paidByLine[variant.line, default: 0] <= most, about: key.request,
            "\(message.id): \(paidByLine[variant.line, default: 0]) paid out for the line, \(most) paid in")
    }

    /// A payout bounced: the money is back.
    package func takeBack(_ message: BrokerMessage) { takeBack(message.id) }

    /// The same, by the payout's key.
    package func takeBack(_ name: String) {
        guard let key = Text.key(name), !misled.contains(key.request),
            let amount = paidByKey.removeValue(forKey: name)
        else { return }
        paidByRequest[key.request, default: 0] -= amount
        guard let variant = variant(key.request), !doubted.contains(key.request) else { return }
        paidByLine[variant.line, default: 0] -= amount
        if paidByRequest[key.request, default: 0] <= 0 { paidUnseen[variant.invoice]?.remove(key.request) }
    }
}
