import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport

/// What a store would hold: batches are decided on it and committed into it.
struct TestStore {
    static let now = instant("2022-02-22T09:30:01Z")

    var loaded = LoadedCases()
    /// What is known of every case's messages.
    var facts = PublicationFacts(answeredAt: TestStore.now)
    var policy = Policy.standard
    var parking = ParkingTerms()

    /// Decides on what is held, and keeps what comes of it.
    @discardableResult
    mutating func commit(
        _ said: [Said], redelivered: Bool = false, due: [RequestID] = [], parked: [ParkedMessage] = [],
        at now: Instant = TestStore.now
    ) -> BatchDecision {
        var seen = loaded
        for id in seen.cases.keys { seen.cases[id]?.facts = facts }
        seen.due = due
        seen.parked = parked
        let batch = Batch(
            reading: said.enumerated().map { $1.delivery(UInt64($0 + 1), redelivered: redelivered) },
            with: InboundDecoder(), at: now)
        let decision = batch.decide(seen, under: PolicyShelf(policy), parking: parking)
        keep(decision.changes)
        return decision
    }

    mutating func keep(_ changes: CaseChanges) {
        for change in changes.cases {
            let id = change.id ?? CaseID(Int64(loaded.cases.count + 1))
            loaded.cases[change.refundCase.id] = LoadedCase(
                id: id, refundCase: .success(change.refundCase), facts: facts)
        }
        loaded.said.formUnion(changes.words)
        for action in changes.actions { loaded.actions[action.id] = action }
        loaded.brake = loaded.brake.following(changes.brake)
        for arrival in changes.parking.arrivals where arrival.delivery.type == .withdrawn {
            if let id = arrival.delivery.requestID { loaded.withdrawals[id] = arrival.delivery }
        }
    }

    subscript(_ id: String) -> RefundCase? { try? loaded.cases[requestID(id)]?.refundCase.get() }
}

/// A message as somebody sends it.
struct Said {
    let type: InboundType
    let body: String

    func delivery(_ number: UInt64, redelivered: Bool = false) -> InboundDelivery {
        InboundDelivery(
            tag: DeliveryTag(epoch: 1, number: number), source: .replies, isRedelivered: redelivered, type: type,
            messageID: nil, traceparent: nil, body: .whole(Array(body.utf8)), envelope: nil)
    }

    /// It, as the store keeps it to be tried again.
    func parked(about id: String, number: Int64 = 1) -> ParkedMessage {
        ParkedMessage(
            id: ParkedID(number),
            delivery: KeptDelivery(
                requestID: requestID(id), type: type, source: .replies, messageID: nil, traceparent: nil,
                body: Array(body.utf8), envelope: []),
            parkedAt: TestStore.now,
            standing: ParkedStanding(
                attempts: 1, code: "unknown_request", detail: "", deadAt: nil, nextAt: TestStore.now))
    }

    static func requested(_ id: String) -> Said {
        Said(
            type: .requested,
            body: BodyBuilder.requested.setting("request_id", "\"\(id)\"").setting(
                "service.subscription_id", "\"sub-\(id)\""
            ).text)
    }

    static func withdrawn(_ id: String, reason: String = "changed my mind") -> Said {
        Said(
            type: .withdrawn,
            body: #"{"request_id":"\#(id)","submitted_at":"2022-02-22T09:30:00Z","reason":"\#(reason)"}"#)
    }

    static func succeeded(
        _ id: String, _ command: String, key: Int = 1, at occurredAt: String = "2022-02-22T09:31:00Z",
        reference: String = "po_1"
    ) -> Said {
        Said(
            type: .succeeded,
            body: """
                {"command_id":"\(id)/\(command)","idempotency_key":"\(id)/\(command)#\(key)",\
                "occurred_at":"\(occurredAt)","reference":"\(reference)"}
                """)
    }

    static func failed(
        _ id: String, _ command: String, key: Int = 1, at occurredAt: String = "2022-02-22T09:31:00Z",
        retryable: Bool = false
    ) -> Said {
        Said(
            type: .failed,
            body: """
                {"command_id":"\(id)/\(command)","idempotency_key":"\(id)/\(command)#\(key)",\
                "occurred_at":"\(occurredAt)","code":"refused","retryable":\(retryable)}
                """)
    }

    static func reviewed(_ id: String, _ verdict: String, action: String) -> Said {
        Said(
            type: .reviewed,
            body: """
                {"action_id":"\(action)","request_id":"\(id)","verdict":"\(verdict)","by":"ann","note":"looked at"}
                """)
    }

    static func retried(_ id: String, action: String) -> Said {
        Said(type: .retried, body: #"{"action_id":"\#(action)","request_id":"\#(id)","by":"ann"}"#)
    }

    static func paused(_ action: String) -> Said {
        Said(type: .payoutsPaused, body: #"{"action_id":"\#(action)","by":"ann","note":"something is wrong"}"#)
    }

    static func resumed(_ pause: String, action: String) -> Said {
        Said(
            type: .payoutsResumed,
            body: #"{"action_id":"\#(action)","pause":"\#(pause)","by":"bob","note":"mended"}"#)
    }
}

extension BatchDecision.Verdict {
    /// The code of what becomes a dead letter, or is parked; else what it is.
    var summary: String {
        switch self {
        case .publish: "changed"
        case .unchanged: "unchanged"
        case .parked(_, let reason): "parked \(reason.code)"
        case .later: "later"
        case .deadLetter(let reason): "dead \(reason.code)"
        }
    }
}

extension BatchDecision {
    var summary: [String] { verdicts.map(\.summary) }

    /// Ids of new messages that go out, in their order.
    var sent: [String] {
        changes.cases.flatMap { change in
            change.messages.filter { !change.takenBack.contains($0.ordinal) }.map(\.encoded.id)
        }
    }
}
