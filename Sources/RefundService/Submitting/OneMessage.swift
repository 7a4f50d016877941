public import AMQPClient
public import RefundMessages
public import RefundPolicy

/// One message for `refund.intake`: what a person says of a case, or of all payouts.
public struct OneMessage: Hashable, Sendable {
    public let type: InboundType
    /// `nil` where it is about no case.
    public let requestID: RequestID?
    public let body: [UInt8]

    public init(type: InboundType, requestID: RequestID?, body: [UInt8]) {
        self.type = type
        self.requestID = requestID
        self.body = body
    }

    /// How long the broker may take to confirm it.
    private static let patience = Duration.seconds(30)

    /// Publishes it, persistent, and returns once the broker has it.
    ///
    /// - Throws: `TopologyError` when there is no intake, `AMQPError`, or `NotTaken`.
    public func publish(on connection: Connection, names: BrokerNames, at now: Instant) throws {
        do throws(AMQPError) {
            try connection.inspectExchange(names.intake)
        } catch {
            throw TopologyError(object: "exchange \(names.intake)", cause: error)
        }
        try connection.enableConfirms()
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.type = type.rawValue
        properties.correlationID = requestID?.text
        properties.timestamp = UInt64(max(0, now.secondsSinceEpoch))
        properties.applicationID = "refund-worker"
        let sequence = try connection.publish(
            OutgoingMessage(
                exchange: names.intake, routingKey: type.rawValue, mandatory: true, properties: properties, body: body))
        var isReturned = false
        let limit = ContinuousClock.now + OneMessage.patience
        while let event = try connection.receive(waitingAtMost: limit - .now) {
            switch event {
            case .returned: isReturned = true
            case .confirmed(let confirmation) where confirmation.sequence >= sequence:
                guard confirmation.isAcknowledged, !isReturned else { throw NotTaken() }
                return
            default: break
            }
        }
        throw NotTaken()
    }
}

/// The broker did not take a message.
public struct NotTaken: Error, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String {
        "the broker did not take the message; run refund-worker topology check, look at the queues refund.requests and "
            + "refund.replies, then say it again"
    }
}
