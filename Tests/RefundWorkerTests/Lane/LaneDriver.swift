import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Drives a lane by hand: a broker and a store that do only what the test says.
final class LaneDriver {
    private(set) var lane: Lane
    var uptime: Duration = .zero
    /// Everything that the lane has asked for and no `take…` has taken.
    private(set) var actions: [LaneAction] = []
    /// What whoever watches was told of the broker's settlements, and no `take…` has taken.
    private var settlements: [[Settlement]] = []
    /// What whoever watches was told last of kinds that don't get out, if `takeTroubles` has not taken it.
    private var troubles: [OutletTrouble]?
    private var nextTags: [SourceQueue: UInt64] = [:]
    private var epochs: [SourceQueue: UInt64] = [:]

    init(limits: LaneLimits = LaneLimits()) {
        lane = Lane(limits: limits)
    }

    /// A lane with all connections open and nothing left to do: requests by the epoch 1, replies by 1,001.
    static func ready(limits: LaneLimits = LaneLimits()) -> LaneDriver {
        let driver = LaneDriver(limits: limits)
        driver.openPublisher(epoch: 1)
        driver.openConsumer(epoch: 1)
        driver.openConsumer(of: .replies, epoch: 1_001)
        driver.answerClaim()
        return driver
    }

    /// By the calendar's clock; `step` is how far it was set ahead.
    var step: Duration = .zero
    var wall: Instant { LaneDriver.start + uptime + step }
    static let start = Instant(microsecondsSinceEpoch: 1_000_000_000_000)

    func tell(_ input: LaneInput) {
        for action in lane.handle(input, at: LaneTime(wall: wall, uptime: uptime)) {
            switch action {
            case .settled(let settled): settlements.append(settled)
            case .outlets(let told): troubles = told
            default: actions.append(action)
            }
        }
    }

    func openConsumer(of source: SourceQueue = .requests, epoch: UInt64) {
        epochs[source] = epoch
        nextTags[source] = 1
        tell(.consumerOpened(source, epoch: epoch))
    }

    func openPublisher(epoch: UInt64) {
        tell(.publisherOpened(epoch: epoch))
    }

    /// Delivers a message and gives its tag.
    @discardableResult
    func deliver(
        _ name: String, redelivered: Bool = false, from source: SourceQueue = .requests,
        body: InboundDelivery.Body? = nil
    ) -> DeliveryTag {
        let tag = DeliveryTag(epoch: epochs[source, default: 0], number: nextTags[source, default: 1])
        nextTags[source] = tag.number + 1
        tell(
            .delivered(
                InboundDelivery(
                    tag: tag, source: source, isRedelivered: redelivered, type: .requested, messageID: name,
                    traceparent: nil, body: body ?? .whole(Array(name.utf8)), envelope: nil)))
        return tag
    }

    func catchUp() {
        tell(.caughtUp)
    }

    /// The order that the lane has given to the store, if any.
    func takeOrder() -> StoreOrder? {
        take { if case .store(let order) = $0 { order } else { nil } }
    }

    /// The next burst of publications, if any, once the broker has been listened to.
    func takePublications() -> [Publication]? {
        tell(.ticked)
        return take { if case .publish(let publications, _) = $0 { publications } else { nil } }
    }

    /// The same, with the uptime before which it must be written.
    func takeBurst() -> (publications: [Publication], before: Duration)? {
        tell(.ticked)
        return take { if case .publish(let publications, let before) = $0 { (publications, before) } else { nil } }
    }

    /// The next acknowledgement, if any.
    func takeAcknowledgement() -> Acknowledgement? {
        take { if case .acknowledge(let tag, let multiple) = $0 { Acknowledgement(tag, multiple) } else { nil } }
    }

    func takeRejection() -> DeliveryTag? {
        take { if case .reject(let tag) = $0 { tag } else { nil } }
    }

    /// What whoever watches is told of the broker's settlements next, if anything.
    func takeSettlements() -> [Settlement]? {
        settlements.isEmpty ? nil : settlements.removeFirst()
    }

    func takeTroubles() -> [OutletTrouble]? {
        defer { troubles = nil }
        return troubles
    }

    func takesRenewal() -> Bool {
        take { if case .renewPublisher = $0 { true } else { nil } } ?? false
    }

    func takesCancel() -> Bool {
        take { if case .cancelConsumers = $0 { true } else { nil } } ?? false
    }

    func takesFinished() -> Bool {
        take { if case .finished = $0 { true } else { nil } } ?? false
    }

    /// Answers the look for unsent messages that a fresh lane begins with.
    func answerClaim(
        with unsent: [OutboxMessage] = [], moreIsUnsent: Bool = false, payoutsArePaused: Bool = false
    ) {
        if let order = takeOrder(), order.actsOnDue {
            tell(
                .stored(
                    StoreReport(
                        dispositions: order.deliveries.map { _ in .publish([]) }, unsent: unsent,
                        moreIsUnsent: moreIsUnsent, payoutsArePaused: payoutsArePaused)))
        }
    }

    /// Commits an order, with these messages for each delivery by its name.
    func commit(_ order: StoreOrder, messages: [String: [OutboxMessage]] = [:]) {
        let dispositions = order.deliveries.map { Disposition.publish(messages[$0.messageID ?? ""] ?? []) }
        tell(.stored(StoreReport(dispositions: dispositions, unsent: [])))
    }

    /// Commits an order of which every delivery becomes a dead letter.
    func bury(_ order: StoreOrder) {
        let letter = DeadLetter(reason: .unknownType, source: .requests, at: wall)
        tell(.stored(StoreReport(dispositions: order.deliveries.map { _ in .deadLetter(letter) }, unsent: [])))
    }

    private func take<Result>(_ pick: (LaneAction) -> Result?) -> Result? {
        for (index, action) in actions.enumerated() {
            if let result = pick(action) {
                actions.remove(at: index)
                return result
            }
        }
        return nil
    }
}

/// An acknowledgement to compare with.
struct Acknowledgement: Hashable {
    let tag: DeliveryTag
    let multiple: Bool

    init(_ tag: DeliveryTag, _ multiple: Bool) {
        self.tag = tag
        self.multiple = multiple
    }
}

/// A committed message of the case `caseNumber`; held for as long as the lane takes any to be, unless told.
func outboxMessage(
    _ id: String, _ type: OutboundType = .revoke, caseNumber: Int64 = 1, ordinal: Int = 0,
    heldUntil: Instant = LaneDriver.start + .seconds(86_400)
) -> OutboxMessage {
    OutboxMessage(
        key: MessageKey(caseID: CaseID(caseNumber), ordinal: MessageOrdinal(ordinal)),
        requestID: RequestID("rr-1") ?? RequestID("x")!,
        encoded: EncodedMessage(id: id, type: type, body: Array(id.utf8)),
        createdAt: Instant(microsecondsSinceEpoch: 0), attempt: 1, traceparent: nil, heldUntil: heldUntil)
}

/// A parked message that was given up.
func parkedDeadLetter(_ number: Int64) -> ParkedDeadLetter {
    ParkedDeadLetter(
        id: ParkedID(number),
        delivery: KeptDelivery(
            requestID: RequestID("rr-1") ?? RequestID("x")!, type: .retried, source: .requests, messageID: nil,
            traceparent: nil, body: [], envelope: []),
        deadLetter: DeadLetter(
            reason: .unknownRequest, source: .requests, at: Instant(microsecondsSinceEpoch: 0)),
        attempts: 3)
}

extension Publication {
    /// The message's id, or how the dead letter is called.
    var name: String {
        switch self {
        case .message(let message): message.encoded.id
        case .deadLetter(let tag, let deadLetter): "dead \(tag.number) \(deadLetter.code)"
        case .parkedDeadLetter(let letter): "parked \(letter.id.number) \(letter.deadLetter.code)"
        }
    }
}
