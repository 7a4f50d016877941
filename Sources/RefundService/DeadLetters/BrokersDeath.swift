internal import AMQPClient

/// How the broker gave a message up by itself, by its newest entry of `x-death`, which no sender can write. What it leaves
/// under `x-first-death-…` is the sender's where the message came with a death already.
struct BrokersDeath: Hashable {
    let queue: String?
    /// Such as `rejected`, `delivery_limit` or `expired`.
    let reason: String?

    /// `nil` for what a worker has buried: a worker takes a sender's own death off.
    init?(_ headers: FieldTable?) {
        guard let headers, headers["x-death"] != nil || headers["x-first-death-queue"] != nil else { return nil }
        guard case .array(let deaths)? = headers["x-death"], case .table(let newest)? = deaths.first else {
            (queue, reason) = (nil, nil)
            return
        }
        (queue, reason) = (newest["queue"]?.text, newest["reason"]?.text)
    }
}
