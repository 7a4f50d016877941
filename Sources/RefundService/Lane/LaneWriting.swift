internal import AMQPClient
internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

/// What a lane's thread writes: to the broker, and to the log about what the lane did. On that thread alone, as all of it.
extension LaneThread {
    /// - Parameter before: when others may have these messages: what kept this thread so long could be anything.
    func publish(_ publications: [Publication], before: Duration) {
        guard let connection = publisher.connection else { return }
        guard uptime < before else {
            return abandonPublisher(because: "messages were held up until others may have them")
        }
        do throws(AMQPError) {
            var burst: [OutgoingMessage] = []
            burst.reserveCapacity(publications.count)
            for publication in publications {
                switch publication {
                case .message(let message): burst.append(OutgoingMessage(message, names: settings.names))
                case .deadLetter(let tag, let deadLetter):
                    try send(&burst, on: connection)
                    guard let delivery = held(tag) else {
                        // Lost with its connection. The lane has counted it, so the numbers of the confirms no longer fit.
                        return abandonPublisher(because: "a dead letter was lost with its connection")
                    }
                    tellOf(deadLetter, about: nil, TraceContext.traceparent(in: delivery.properties.headers))
                    let message = DeadMessage(delivery, names: settings.names, isSharded: settings.isSharded)
                    try bury(message, as: deadLetter, on: connection)
                case .parkedDeadLetter(let letter):
                    try send(&burst, on: connection)
                    tellOf(letter.deadLetter, about: letter.delivery.requestID, letter.delivery.traceparent)
                    try bury(DeadMessage(letter), as: letter.deadLetter, on: connection)
                }
            }
            try send(&burst, on: connection)
        } catch {
            lostPublisher(error)
        }
    }

    private func send(_ burst: inout [OutgoingMessage], on connection: Connection) throws(AMQPError) {
        try connection.publish(contentsOf: burst)
        burst.removeAll(keepingCapacity: true)
    }

    func tellOf(_ report: StoreReport, of order: StoreOrder) {
        for id in report.unreadable {
            log.error(
                "a case whose time has come can't be read; look at it with `refund-worker cases show`",
                metadata: ["request_id": "\(id.text)"])
        }
        for id in report.putOff {
            log.error(
                "the store refuses what is due for a request; it was put off: see `cases show` and `cases parked`",
                metadata: ["request_id": "\(id.text)"])
        }
        for (delivery, disposition) in zip(order.deliveries, report.dispositions) {
            guard case .parked(let id, let reason) = disposition else { continue }
            log.info(
                "parked", metadata: about(id, delivery.traceparent).merging(["code": "\(reason.code)"]) { $1 })
        }
    }

    /// What a line is about: the request, and the trace that it came with.
    func about(_ request: RequestID?, _ traceparent: String?) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if let request { metadata["request_id"] = "\(request.text)" }
        if let trace = TraceContext.traceID(of: traceparent) { metadata["trace_id"] = "\(trace)" }
        return metadata
    }

    private func tellOf(_ deadLetter: DeadLetter, about request: RequestID?, _ traceparent: String?) {
        log.warning(
            "dead letter",
            metadata: about(request, traceparent).merging([
                "code": "\(deadLetter.code)", "detail": "\(deadLetter.detail)",
                "queue": "\(deadLetter.source.rawValue)",
            ]) { $1 })
    }

    /// Of returns there is a line for each already, with what it was about.
    func tellOf(_ settlements: [Settlement]) {
        for settlement in settlements where settlement.result == .refused {
            log.warning(
                "the broker has refused a message (basic.nack); it is tried again: look whether its queue is full, or has no leader",
                metadata: ["type": "\(settlement.type.shownName)"])
        }
    }

    /// The broker moves it to the dead letters by itself.
    func tellOfRejected(_ tag: RefundWorker.DeliveryTag) {
        guard let delivery = held(tag) else { return }
        log.warning(
            "a body that is larger than any is read was handed to refund.dead as it is",
            metadata: ["bytes": "\(delivery.body.size)", "routing_key": "\(delivery.routingKey)"])
    }

    /// Publishes a dead letter; without its properties and its key if those are such that they can't be published.
    private func bury(
        _ message: DeadMessage, as deadLetter: DeadLetter, on connection: Connection
    ) throws(AMQPError) {
        do throws(AMQPError) {
            try connection.publish(OutgoingMessage(message, as: deadLetter, names: settings.names))
        } catch {
            guard error.code == .invalidArgument else { throw error }
            try connection.publish(
                OutgoingMessage(message.withoutEnvelope, as: deadLetter, names: settings.names))
        }
    }

    /// Starts the publishing connection afresh; what is not confirmed goes out again.
    func abandonPublisher(because reason: String) {
        guard let epoch = publisher.lose(uptime: uptime) else { return }
        log.warning("publisher: connecting afresh, since \(reason)")
        tell(.publisherLost(epoch: epoch, refusal: nil))
    }

    func acknowledge(_ tag: RefundWorker.DeliveryTag, multiple: Bool) {
        onConsumer(of: tag) { consumer throws(AMQPError) in try consumer.acknowledge(tag, multiple: multiple) }
    }

    func cancelConsumers() {
        isCancelled = true
        for place in consumers.indices {
            do throws(AMQPError) {
                try consumers[place].cancel()
            } catch {
                lostConsumer(place, error)
            }
        }
    }

    /// What came by that tag, if it still can be acknowledged.
    private func held(_ tag: RefundWorker.DeliveryTag) -> Delivery? {
        consumers.first { $0.holds(tag) }?.held[tag.number]
    }

    /// The connection that the delivery came by; where it is gone, there is nothing to do.
    func onConsumer(
        of tag: RefundWorker.DeliveryTag, _ action: (inout LaneConsumer) throws(AMQPError) -> Void
    ) {
        guard let place = consumers.firstIndex(where: { $0.holds(tag) }) else { return }
        do throws(AMQPError) {
            try action(&consumers[place])
        } catch {
            lostConsumer(place, error)
        }
    }
}
