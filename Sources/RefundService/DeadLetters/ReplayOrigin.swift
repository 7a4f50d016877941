internal import AMQPClient
internal import RefundMessages

/// Who sent a dead letter, and what it is, as far as it may be sent again (contract § 2): what the worker wrote of it, or for
/// the broker's own letters what a person says.
struct ReplayOrigin: Hashable, Sendable {
    let sender: InboundSender
    let type: InboundType

    /// - Parameter brokersLetters: whom letters count as sent by that the broker itself has made; `nil` for nobody.
    /// - Throws: why it may not be sent again.
    init(
        of delivery: Delivery, _ letter: DeadLetterRecord, names: BrokerNames, brokersLetters: InboundSender?
    ) throws(DeadLetterQueue.Refusal) {
        let headers = delivery.properties.headers
        let key: String
        if letter.isBrokers {
            guard let brokersLetters, brokersLetters.mayBeReplayed else { throw .originUnknown }
            sender = brokersLetters
            key = delivery.routingKey
        } else {
            guard letter.code != DeadLetterReason.wrongSender.code,
                let exchange = headers?[MessageOrigin.exchangeHeader]?.text, let known = names.sender(by: exchange)
            else { throw .wrongSender }
            guard known.mayBeReplayed else { throw .saidByPerson }
            sender = known
            key = headers?[MessageOrigin.routingKeyHeader]?.text ?? ""
        }
        guard let type = InboundType(rawValue: key), sender.maySend(type) else { throw .wrongSender }
        self.type = type
    }
}
