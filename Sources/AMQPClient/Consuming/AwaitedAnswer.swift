internal import CRabbitMQ

/// An answer that the broker owes and nobody stands and waits for. RabbitMQ answers `basic.consume` when the queue has,
/// which may be after the answers to later calls.
struct AwaitedAnswer {
    let method: amqp_method_number_t
    /// The consumer that it says has started.
    var consumer: ConsumerTag?
    let deadline: ContinuousClock.Instant
    /// What was asked, for an error.
    let operation: String
}

extension Connection {
    /// Takes an answer that nobody waits for; any other is a call's.
    func claim(_ reply: Reply) -> Incoming? {
        let consumer: ConsumerTag? = if case .consumer(let name) = reply.content { ConsumerTag(name) } else { nil }
        let place = awaited.firstIndex { $0.method == reply.method && $0.consumer == consumer }
        guard let place else { return .reply(reply) }
        awaited.remove(at: place)
        return consumer.map { .event(.consumerStarted($0)) }
    }

    /// Ends the connection over an answer that has not come by `moment`: it could come later and be taken for another's.
    func checkAwaited(by moment: ContinuousClock.Instant) throws(AMQPError) {
        guard let oldest = awaited.first, oldest.deadline <= moment else { return }
        throw link.fail(
            AMQPError(
                .timedOut,
                during: oldest.operation,
                detail: "the broker did not answer in time",
                scope: .connection,
                endpoint: endpoint.address
            )
        )
    }
}
