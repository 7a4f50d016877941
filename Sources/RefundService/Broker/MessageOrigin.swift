internal import AMQPClient
internal import RefundMessages

/// Through whose exchange a message came: what the broker names in the delivery, and for a replay what the replayer's header
/// names, which counts there alone (contract § 2). Neither `CC`, `BCC` nor `x-death` means anything.
struct MessageOrigin: Hashable, Sendable {
    /// The exchange that it counts as published to: for a replay the one that the dead letter first came by.
    let exchange: String
    /// `nil` for what may say nothing.
    let sender: InboundSender?
    /// The broker's user, where a person speaks and not by the console.
    let user: String?

    /// - Parameters:
    ///   - consoleUser: signs for the persons who are logged in at the console; whoever else speaks as a person is named.
    ///   - isSharded: what `deploy/rabbitmq/sharded` distributes counts as the intake's. The broker names the exchange
    ///   that was published to, so that is the one in front of the shards.
    init(of delivery: Delivery, names: BrokerNames, isSharded: Bool, consoleUser: String) {
        guard delivery.exchange == names.replay else {
            let isDistributed = isSharded && delivery.exchange == MessageOrigin.distributor
            exchange = isDistributed ? names.intake : delivery.exchange
            let sender = names.sender(by: exchange)
            // Who speaks as a person is signed by the broker, which has checked the name.
            let named = delivery.properties.userID
            self.sender = sender == .people && named == nil ? nil : sender
            // Byte for byte: two spellings of one letter are two users.
            user = sender == .people ? named.flatMap { $0.utf8.elementsEqual(consoleUser.utf8) ? nil : $0 } : nil
            return
        }
        user = nil
        let named = delivery.properties.headers?[MessageOrigin.exchangeHeader]?.text ?? ""
        if let sender = names.sender(by: named), sender.mayBeReplayed {
            exchange = named
            self.sender = sender
        } else {
            exchange = delivery.exchange
            sender = nil
        }
    }

    private static let distributor = "refund.sharded"

    /// The exchange that a dead letter came by; written by the worker alone, and read from replays alone.
    static let exchangeHeader = "refund-source-exchange"
    static let routingKeyHeader = "refund-source-routing-key"
    static let userHeader = "refund-original-user-id"
}
