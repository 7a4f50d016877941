public import AMQPClient
public import RefundMessages

/// The queue of dead letters, gone through once: what is meant is acted on, the rest is left where it was.
///
/// Nothing is lost if it is interrupted: a letter is taken off the queue only after its replay was confirmed, or when it is
/// to be discarded. Belongs to the thread of its connection.
public struct DeadLetterQueue {
    /// What is done with the letters that are meant.
    public enum Action: Hashable, Sendable {
        case look
        /// Only say which of them would not be sent again, and why.
        case tryReplay
        /// Publish it again, as it first came, by the exchange of replays.
        case replay
        case discard
    }

    /// What came of a run.
    public struct Result: Hashable, Sendable {
        /// The letters that are meant, oldest first.
        public var letters: [DeadLetterRecord] = []
        /// How many others there are.
        public var others = 0
        /// Which of them could not be sent again, by their places; they are still dead letters.
        public var refusals: [Int: Refusal] = [:]
        /// How many those are.
        public var failureCount: Int { refusals.count }
        /// How many there are of each.
        public var failures: [Refusal: Int] { refusals.values.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    }

    /// Why a letter is not sent again.
    public enum Refusal: String, Error, Hashable, Sendable, CaseIterable {
        /// A person said it: a person says it again.
        case saidByPerson = "a person said it, who has to say it again"
        /// Nobody knows who sent it, so nobody may send it again.
        case wrongSender = "it came by nobody's exchange (wrong_sender)"
        /// The broker itself gave it up, and tells no origin that could be believed.
        case originUnknown = "the broker gave it up and names no origin: say which with --from"
        case anotherOrigin = "it expired, or is not that sender's: give another --from, or its sender says it again"
        case unreadable = "it is larger than 1 MiB, or has properties that can't be read: send it anew from its source"
        /// The broker refuses it: what follows for the same queue is not tried.
        case full = """
            its queue is full: once the workers have caught up run the same command again; \
            `refund-worker doctor --only queues` says how much waits
            """
        case unroutable = "no queue takes it: `refund-worker topology check` says what is missing"
        case notTaken = "the broker has said nothing about it for 30 s: read its log, then run the same command again"
    }

    private let connection: Connection
    private let names: BrokerNames
    /// Whom letters count as sent by that the broker itself has made.
    private let brokersLetters: InboundSender?

    /// - Parameter brokersLetters: intake, access or payout; `nil` to leave them where they are.
    public init(connection: Connection, names: BrokerNames, brokersLetters: InboundSender? = nil) {
        self.connection = connection
        self.names = names
        self.brokersLetters = brokersLetters
    }

    /// Goes through what is in the queue now.
    ///
    /// - Parameter onProgress: is told after each letter how many were looked at, and of how many.
    /// - Throws: `AMQPError`; letters that were not acted on are still in the queue.
    public func go(
        through selection: DeadLetterSelection, _ action: Action, onProgress: (Int, Int) -> Void
    ) throws(AMQPError) -> Result {
        if action == .replay { try connection.enableConfirms() }
        var result = Result()
        var kept: [DeliveryTag] = []
        var full: Set<String> = []
        // What arrives meanwhile, and what is given back, is not gone through again.
        let count = try connection.inspectQueue(names.dead).messageCount
        for number in 0..<Int(count) {
            defer { onProgress(number + 1, Int(count)) }
            guard let (delivery, _) = try connection.get(queue: names.dead) else { break }
            let letter = DeadLetterRecord(delivery)
            guard selection.matches(letter) else {
                result.others += 1
                kept.append(delivery.tag)
                continue
            }
            result.letters.append(letter)
            switch action {
            case .look: kept.append(delivery.tag)
            case .tryReplay:
                if case .failure(let refusal) = replayable(delivery, as: letter) {
                    result.refusals[result.letters.count - 1] = refusal
                }
                kept.append(delivery.tag)
            case .discard: try connection.acknowledge(delivery.tag)
            case .replay:
                do throws(ReplayEnd) {
                    try replay(delivery, as: letter, beside: &full)
                    try acknowledge(delivery)
                } catch {
                    switch error {
                    case .refused(let refusal):
                        result.refusals[result.letters.count - 1] = refusal
                        kept.append(delivery.tag)
                    case .lost(let error): throw error
                    }
                }
            }
        }
        for tag in kept { try connection.reject(tag, requeue: true) }
        return result
    }

    private enum ReplayEnd: Error {
        case refused(Refusal)
        case lost(AMQPError)
    }

    private func acknowledge(_ delivery: Delivery) throws(ReplayEnd) {
        do throws(AMQPError) {
            try connection.acknowledge(delivery.tag)
        } catch {
            throw .lost(error)
        }
    }

    /// Publishes a letter as it first came, and returns once the broker has it.
    ///
    /// - Parameter full: the queues that have refused a letter in this run; nothing more is sent to them.
    private func replay(
        _ delivery: Delivery, as letter: DeadLetterRecord, beside full: inout Set<String>
    ) throws(ReplayEnd) {
        let (origin, body): (ReplayOrigin, [UInt8])
        switch replayable(delivery, as: letter) {
        case .success(let found): (origin, body) = found
        case .failure(let refusal): throw .refused(refusal)
        }
        let queue = origin.sender == .intake ? names.requests : names.replies
        guard !full.contains(queue) else { throw .refused(.full) }
        var properties = delivery.properties
        var headers = properties.headers ?? FieldTable()
        // The worker has moved it there; in what the broker gave up the sender could have put anything under that name.
        if !letter.isBrokers { properties.expiration = headers["refund-original-expiration"]?.text }
        // What was said of its death does not go along, nor what would make two of it; all else that came with it does.
        for entry in headers.entries where DeadLetterQueue.staysBehind(entry.name) { headers[entry.name] = nil }
        headers[MessageOrigin.exchangeHeader] = .text(names.exchange(of: origin.sender))
        properties.headers = headers
        properties.deliveryMode = 2
        properties.userID = nil
        let message = OutgoingMessage(
            exchange: names.replay, routingKey: origin.type.rawValue, mandatory: true, properties: properties,
            body: body)
        let refusal: Refusal?
        do throws(AMQPError) {
            refusal = try self.refusal(of: message)
        } catch {
            throw .lost(error)
        }
        guard let refusal else { return }
        if refusal == .full { full.insert(queue) }
        throw .refused(refusal)
    }

    /// As whose a letter may be sent again, and its bytes.
    private func replayable(
        _ delivery: Delivery, as letter: DeadLetterRecord
    ) -> Swift.Result<(ReplayOrigin, [UInt8]), Refusal> {
        guard let body = delivery.body.bytes, delivery.properties.damage == nil else { return .failure(.unreadable) }
        do throws(Refusal) {
            let origin = try ReplayOrigin(of: delivery, letter, names: names, brokersLetters: brokersLetters)
            return .success((origin, body))
        } catch {
            return .failure(error)
        }
    }

    /// Publishes a message; `nil` once the broker has it.
    private func refusal(of message: OutgoingMessage) throws(AMQPError) -> Refusal? {
        let sequence = try connection.publish(message)
        let limit = ContinuousClock.now + .seconds(30)
        var isReturned = false
        while let event = try connection.receive(waitingAtMost: limit - .now) {
            if case .returned = event { isReturned = true }
            guard case .confirmed(let confirmation) = event, confirmation.sequence >= sequence else { continue }
            return isReturned ? .unroutable : confirmation.isAcknowledged ? nil : .full
        }
        return .notTaken
    }

    private static func staysBehind(_ header: String) -> Bool {
        header == "CC" || header == "BCC" || header.hasPrefix("refund-") || header.hasPrefix("x-first-death-")
            || header == "x-death"
            || header == "x-delivery-count"
    }
}
