import RefundMessages
import RefundPolicy
import RefundWorker

/// Bugs of a lane and its shell.
extension BrokenWorld {
    static let lanes: [BrokenWorld] = [
        BrokenWorld(name: "acknowledged before the commit") { AcknowledgesAtOnce() },
        BrokenWorld(name: "what is written to the socket is taken for confirmed") { ConfirmsItself() },
        BrokenWorld(name: "a confirm is trusted that followed a return") { IgnoresReturns() },
        BrokenWorld(name: "a refusal (nack) is taken for a confirm") { IgnoresNacks() },
        BrokenWorld(name: "a re-send has other bytes") { AltersResends() },
        BrokenWorld(name: "a re-send has a new key") { RenamesResends() },
        BrokenWorld(name: "tags are used across a reconnect") { KeepsTags() },
        BrokenWorld(name: "poison takes its batch along") { BuriesBatches() },
        BrokenWorld(name: "a worker begins with a full window, whatever the last one died of") { SkipsProbation() },
        BrokenWorld(name: "a deadline fires early") { HurriesTime() },
        BrokenWorld(name: "a clock that leaps is believed at once") { BelievesLeaps() },
        BrokenWorld(name: "amounts are rounded down") { RoundsDown() },
        BrokenWorld(name: "a dead letter is never published") { SwallowsDeadLetters() },
    ]
}

/// Acknowledges a delivery as soon as it has come.
private final class AcknowledgesAtOnce: Sabotage {
    func actions(_ actions: [LaneAction], after input: LaneInput) -> [LaneAction] {
        let kept = actions.filter { if case .acknowledge = $0 { false } else { true } }
        guard case .delivered(let delivery) = input, !(delivery.isTooLarge) else { return kept }
        return [.acknowledge(delivery.tag, multiple: false)] + kept
    }
}

extension InboundDelivery {
    fileprivate var isTooLarge: Bool { if case .tooLarge = body { true } else { false } }
}

/// Takes everything for confirmed once it was written to the socket.
private final class ConfirmsItself: Sabotage {
    func inputs(afterPublishing publications: [Publication], from sequence: UInt64) -> [LaneInput] {
        publications.indices.map {
            .settled(sequence: sequence + UInt64($0), multiple: false, isAcknowledged: true)
        }
    }
}

private final class IgnoresReturns: Sabotage {
    func inputs(_ input: LaneInput) -> [LaneInput] {
        if case .returned = input { [] } else { [input] }
    }
}

private final class IgnoresNacks: Sabotage {
    func inputs(_ input: LaneInput) -> [LaneInput] {
        guard case .settled(let sequence, let multiple, _) = input else { return [input] }
        return [.settled(sequence: sequence, multiple: multiple, isAcknowledged: true)]
    }
}

/// Changes what a lane publishes.
private func publishing(_ actions: [LaneAction], _ change: (OutboxMessage) -> OutboxMessage) -> [LaneAction] {
    actions.map { action in
        guard case .publish(let publications, let before) = action else { return action }
        let changed = publications.map { publication in
            guard case .message(let message) = publication, message.attempt > 1 else { return publication }
            return Publication.message(change(message))
        }
        return .publish(changed, before: before)
    }
}

private final class AltersResends: Sabotage {
    func actions(_ actions: [LaneAction], after input: LaneInput) -> [LaneAction] {
        publishing(actions) { message in
            var message = message
            let body = message.encoded.body.dropLast() + Array(",\"attempt\":\(message.attempt)}".utf8)
            message.encoded = EncodedMessage(id: message.encoded.id, type: message.encoded.type, body: Array(body))
            return message
        }
    }
}

private final class RenamesResends: Sabotage {
    func actions(_ actions: [LaneAction], after input: LaneInput) -> [LaneAction] {
        publishing(actions) { message in
            var message = message
            let id = String(message.encoded.id.dropLast()) + String(message.attempt)
            let text = String(decoding: message.encoded.body, as: UTF8.self)
            let body = Array(text.replacing("\"\(message.encoded.id)\"", with: "\"\(id)\"").utf8)
            message.encoded = EncodedMessage(id: id, type: message.encoded.type, body: body)
            return message
        }
    }
}

/// Acknowledges on a new connection what came by the old one.
private final class KeepsTags: Sabotage {
    private var last: DeliveryTag?
    private var old: DeliveryTag?

    func actions(_ actions: [LaneAction], after input: LaneInput) -> [LaneAction] {
        switch input {
        case .consumerLost:
            old = last
            last = nil
        case .delivered(let delivery):
            last = delivery.tag
            if let tag = old {
                old = nil
                return actions + [
                    .acknowledge(DeliveryTag(epoch: delivery.tag.epoch, number: tag.number), multiple: true)
                ]
            }
        default: break
        }
        return actions
    }
}

/// Gives a whole batch up for what the store refused of it.
private final class BuriesBatches: Sabotage {
    private var order: StoreOrder?

    func inputs(_ input: LaneInput) -> [LaneInput] {
        guard case .storeFailed(let error) = input, !error.isPassing, let order, !order.deliveries.isEmpty else {
            return [input]
        }
        let letters = order.deliveries.map { delivery in
            Disposition.deadLetter(
                DeadLetter(
                    reason: .unprocessable(problem: error.problem), source: delivery.source,
                    at: Instant(microsecondsSinceEpoch: 0)))
        }
        return [.stored(StoreReport(dispositions: letters, unsent: []))]
    }

    func actions(_ actions: [LaneAction], after input: LaneInput) -> [LaneAction] {
        for case .store(let order) in actions { self.order = order }
        return actions
    }
}

/// Works by a clock that is almost five minutes ahead.
private final class HurriesTime: Sabotage {
    func storeTime(_ now: Instant) -> Instant { now + .seconds(290) }
}

private final class RoundsDown: Sabotage {
    func policy(_ policy: PolicyVersion) -> PolicyVersion {
        var policy = policy
        policy.rounding = .down
        return policy
    }
}

/// Forgets what it should have handed on to `refund.dead`, and acknowledges it.
private final class SwallowsDeadLetters: Sabotage {
    func inputs(_ input: LaneInput) -> [LaneInput] {
        guard case .stored(var report) = input else { return [input] }
        report.dispositions = report.dispositions.map { if case .deadLetter = $0 { .publish([]) } else { $0 } }
        return [.stored(report)]
    }
}

/// Takes all it can from the start.
private final class SkipsProbation: Sabotage {
    func probation(_ probation: Probation) -> Probation {
        var over = probation
        _ = over.delivered(isRedelivered: false)
        return over
    }
}

private final class BelievesLeaps: Sabotage {
    func clockTerms(_ terms: CalendarTerms) -> CalendarTerms { CalendarTerms(believedAfter: .zero) }
}
