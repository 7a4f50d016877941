public import AMQPClient
import Foundation
public import RefundMessages
public import RefundPolicy

/// Publishes messages to the exchanges of their kinds, persistent and mandatory, and waits for the broker to confirm each.
///
/// Inputs of any length take bounded memory: a bounded number of messages is in flight, and no more is read ahead.
/// Used by the connection's thread alone.
public final class Submitter {
    /// How long to wait for a confirm, and how long for a broker that takes nothing.
    private static let patience = (confirm: Duration.seconds(60), unblocked: Duration.seconds(600))

    private let connection: Connection
    private let names: BrokerNames
    /// Exchanges that were seen to be there.
    private var known: Set<String> = []
    private let type: InboundType?
    private let skip: Int
    private let now: () -> Instant
    private let onFailure: (SubmissionFailure) -> Void
    private let onProgress: (SubmissionProgress) -> Void
    private var ledger = SubmissionLedger()
    private var progress = SubmissionProgress()
    /// A message that was read and waits for room.
    private var waiting: Submission?
    private var lastNews = ContinuousClock.now

    /// - Parameters:
    ///   - type: what every message is; `nil` for what each one tells.
    ///   - skip: messages at the start that are read and passed over.
    ///   - now: for the property `timestamp`.
    ///   - onFailure: is told each failed message, once.
    ///   - onProgress: is told how far it is, often.
    public init(
        connection: Connection, names: BrokerNames, type: InboundType?, skip: Int, now: @escaping () -> Instant,
        onFailure: @escaping (SubmissionFailure) -> Void, onProgress: @escaping (SubmissionProgress) -> Void
    ) {
        self.connection = connection
        self.names = names
        self.type = type
        self.skip = skip
        self.now = now
        self.onFailure = onFailure
        self.onProgress = onProgress
    }

    /// Publishes everything that the inputs hold.
    ///
    /// - Returns: how it went; a lost connection or an unreadable input ends it early and is told there.
    public func submit(_ inputs: [MessageInput]) -> SubmissionSummary {
        var interruption: String?
        do {
            try prepare()
            for input in inputs { try submit(input) }
            while ledger.count > 0 || waiting != nil { try advance(input: nil) }
        } catch {
            interruption = "\(error)"
        }
        onProgress(progress)
        let open = ledger.oldest?.number ?? waiting?.number
        return SubmissionSummary(
            progress: progress, interruption: interruption, finishedThrough: open.map { $0 - 1 } ?? progress.read)
    }

    private func prepare() throws {
        try connection.enableConfirms()
    }

    /// Publishing to an exchange that is not there would only close the channel.
    private func check(_ exchange: String) throws(TopologyError) {
        guard !known.contains(exchange) else { return }
        do throws(AMQPError) {
            try connection.inspectExchange(exchange)
        } catch {
            throw TopologyError(object: "exchange \(exchange)", cause: error)
        }
        known.insert(exchange)
    }

    private func submit(_ input: MessageInput) throws {
        var stream = MessageStream()
        var isAtEnd = false
        while true {
            try publishWaiting()
            if waiting == nil, let item = stream.next() {
                take(item, from: input)
            } else if waiting == nil, isAtEnd {
                return
            } else if try advance(input: waiting == nil ? input : nil) {
                let bytes = try input.read()
                if bytes.isEmpty {
                    isAtEnd = true
                    stream.finish()
                } else {
                    stream.append(bytes)
                }
            }
        }
    }

    /// Counts a message, and keeps it for publishing unless it can't be.
    private func take(_ item: MessageStream.Item, from input: MessageInput) {
        progress.read += 1
        guard progress.read > skip else {
            progress.skipped += 1
            return
        }
        do throws(SubmissionFailure) {
            switch item {
            case .message(let body, let line):
                let place = MessagePlace(input: input.name, line: line)
                waiting = try Submission(body, as: type, at: place, number: progress.read)
            case .unreadable(let reason, let line):
                throw SubmissionFailure(
                    place: MessagePlace(input: input.name, line: line), requestID: nil, problem: reason.detail)
            }
        } catch {
            fail(error)
        }
    }

    private func publishWaiting() throws {
        guard let submission = waiting, progress.blocked == nil, ledger.hasRoom(for: submission.body.count) else {
            return
        }
        // The broker's word is heard before each burst, so that neither side waits for the other.
        if ledger.count % 64 == 0 { try receive(waitingAtMost: .zero) }
        guard progress.blocked == nil else { return }
        try check(names.exchange(of: submission.sender))
        if ledger.count == 0 { lastNews = .now }
        let sequence = try connection.publish(message(submission))
        ledger.add(submission, sequence: sequence)
        progress.inFlight = ledger.count
        waiting = nil
    }

    private func message(_ submission: Submission) -> OutgoingMessage {
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.messageID = submission.requestID?.text
        properties.type = submission.type.rawValue
        properties.timestamp = UInt64(max(0, now().secondsSinceEpoch))
        properties.applicationID = "refund-worker submit"
        if submission.sender == .people { properties.userID = connection.endpoint.user }
        return OutgoingMessage(
            exchange: names.exchange(of: submission.sender), routingKey: submission.type.rawValue, mandatory: true,
            properties: properties,
            body: submission.body)
    }

    /// Waits for the broker, and for `input` if given, and takes in what the broker says.
    ///
    /// - Returns: whether the input has something to read.
    @discardableResult
    private func advance(input: MessageInput?) throws -> Bool {
        var sources = [pollfd(fd: connection.fileDescriptor, events: Int16(POLLIN), revents: 0)]
        if let input { sources.append(pollfd(fd: input.fileDescriptor, events: Int16(POLLIN), revents: 0)) }
        let limit = connection.hasBufferedInput ? 0 : Int32(min(1_000, connection.heartbeat.microseconds / 2_000))
        guard poll(&sources, nfds_t(sources.count), limit) >= 0 || errno == EINTR else {
            throw MessageInputError(name: "poll", number: errno)
        }
        try receive(waitingAtMost: .zero)
        try checkPatience()
        onProgress(progress)
        return sources.count > 1 && sources[1].revents != 0
    }

    private func receive(waitingAtMost limit: Duration) throws(AMQPError) {
        while let event = try connection.receive(waitingAtMost: limit) {
            lastNews = .now
            switch event {
            case .confirmed(let confirmation): settle(confirmation)
            case .returned(let returned): ledger.noteReturn(returned)
            case .blocked(let reason): progress.blocked = reason
            case .unblocked: progress.blocked = nil
            case .delivery, .consumerStarted, .consumerCancelled: break
            }
        }
    }

    private func settle(_ confirmation: Confirmation) {
        for (submission, problem) in ledger.settle(confirmation) {
            if let problem {
                fail(SubmissionFailure(place: submission.place, requestID: submission.requestID, problem: problem))
            } else {
                progress.confirmed += 1
            }
        }
        progress.inFlight = ledger.count
    }

    private func fail(_ failure: SubmissionFailure) {
        progress.failed += 1
        onFailure(failure)
    }

    private func checkPatience() throws(SubmissionStalled) {
        let isBlocked = progress.blocked != nil
        guard isBlocked || ledger.count > 0 else { return }
        let limit = isBlocked ? Submitter.patience.unblocked : Submitter.patience.confirm
        guard ContinuousClock.now - lastNews > limit else { return }
        throw SubmissionStalled(waited: limit, blocked: progress.blocked)
    }
}

/// The broker has said nothing for too long.
struct SubmissionStalled: Error, CustomStringConvertible {
    let waited: Duration
    let blocked: String?

    var description: String {
        let time = DurationText.describe(waited)
        guard let blocked else {
            return "the broker confirmed nothing for \(time); check its queues and its log"
        }
        return "the broker took nothing for \(time): \(blocked); relieve it (memory, disk), then go on"
    }
}
