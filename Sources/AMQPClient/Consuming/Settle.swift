internal import CRabbitMQ

extension Connection {
    /// Tells the broker that a message, or all up to it, has been dealt with.
    ///
    /// - Parameters:
    ///   - tag: the delivery's tag. One of an earlier epoch is ignored: the broker has taken that message back.
    ///   - multiple: whether to acknowledge everything up to the tag, whichever consumer it came to.
    /// - Returns: whether it was sent; `false` for a tag of another epoch.
    /// - Throws: ``AMQPError/Code/invalidArgument`` for number 0, which means "all there are". A tag that was settled
    ///   before closes the channel (406), which shows in a later call.
    @discardableResult
    public func acknowledge(_ tag: DeliveryTag, multiple: Bool = false) throws(AMQPError) -> Bool {
        guard try isCurrent(tag, during: "acknowledge") else { return false }
        let ack = amqp_basic_ack_t(delivery_tag: tag.number, multiple: multiple ? 1 : 0)
        try send(AMQP_BASIC_ACK_METHOD, ack, during: "acknowledge")
        return true
    }

    /// Gives a message back to its queue, or away to the queue's dead-letter exchange if it has one.
    ///
    /// - Parameters:
    ///   - tag: the delivery's tag. One of an earlier epoch is ignored.
    ///   - requeue: whether the queue should deliver it again.
    /// - Returns: whether it was sent; `false` for a tag of another epoch.
    /// - Throws: as ``acknowledge(_:multiple:)``.
    @discardableResult
    public func reject(_ tag: DeliveryTag, requeue: Bool) throws(AMQPError) -> Bool {
        guard try isCurrent(tag, during: "reject") else { return false }
        let reject = amqp_basic_reject_t(delivery_tag: tag.number, requeue: requeue ? 1 : 0)
        try send(AMQP_BASIC_REJECT_METHOD, reject, during: "reject")
        return true
    }

    private func isCurrent(_ tag: DeliveryTag, during operation: String) throws(AMQPError) -> Bool {
        guard tag.number != 0 else { throw refusal(operation, "delivery tag 0 would mean every message") }
        return tag.epoch == epoch
    }
}
