public import AMQPClient

/// The first messages of a queue, which stay there, and how many there are.
///
/// They are taken without being acknowledged and then given back, in their order; the broker marks them as redelivered.
///
/// - Parameter limit: the most messages, which are held at once.
/// - Throws: `AMQPError`; the messages go back to the queue then, too.
public func peek(
    _ queue: String, limit: Int, on connection: Connection
) throws(AMQPError) -> (messages: [Delivery], waiting: Int) {
    var messages: [Delivery] = []
    var remaining = 0
    while messages.count < limit, let taken = try connection.get(queue: queue) {
        messages.append(taken.delivery)
        remaining = Int(taken.remaining)
    }
    for message in messages { try connection.reject(message.tag, requeue: true) }
    return (messages, messages.count + remaining)
}
