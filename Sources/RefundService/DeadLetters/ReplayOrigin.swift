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
            // What expired was made to: a sender chooses when its own message does.
            guard let death = BrokersDeath(headers), death.reason != "expired",
                death.queue == (brokersLetters == .intake ? names.requests : names.replies)
            else { throw .anotherOrigin }
            sender = brokersLetters
            key = delivery.routingKey
            // As another system's it would come back as wrong_sender, and could never be sent again.
            if let type = InboundType(rawValue: key),
                let outline = delivery.body.bytes.flatMap({ try? MessageOutline($0) }),
                outline.sender(of: type) != brokersLetters
            {
                throw .anotherOrigin
            }
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
