internal import AMQPClient
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// Dead letters that died of the same thing.
struct LetterGroup: Hashable, Sendable {
    struct Key: Hashable, Sendable {
        var code: String
        /// The queue that they came from.
        var source: String
    }

    var key: Key
    /// Oldest first.
    var letters: [QueuedDeadLetter]
    /// How many died in each of the last 24 hours, the oldest hour first.
    var hours: [Int]

    var fingerprints: Set<String> { Set(letters.map(\.record.fingerprint)) }

    static let hourCount = 24

    /// All groups, the largest first.
    static func all(of letters: [QueuedDeadLetter], at now: Instant) -> [LetterGroup] {
        Dictionary(grouping: letters) { Key(code: $0.record.code, source: $0.record.sourceQueue ?? "unknown") }
            .map { key, letters in
                // A queue that was looked into does not keep its order.
                let sorted = letters.sorted { ($0.record.deadAt ?? "") < ($1.record.deadAt ?? "") }
                return LetterGroup(key: key, letters: sorted, hours: hours(letters, at: now))
            }
            .sorted {
                ($1.letters.count, $0.key.code, $0.key.source) < ($0.letters.count, $1.key.code, $1.key.source)
            }
    }

    private static func hours(_ letters: [QueuedDeadLetter], at now: Instant) -> [Int] {
        var hours = Array(repeating: 0, count: hourCount)
        for letter in letters {
            guard let diedAt = letter.diedAt else { continue }
            let age = (now.secondsSinceEpoch - diedAt.secondsSinceEpoch) / 3_600
            if (0..<Int64(hourCount)).contains(age) { hours[hourCount - 1 - Int(age)] += 1 }
        }
        return hours
    }
}

extension QueuedDeadLetter {
    var diedAt: Instant? { record.deadAt.flatMap { Instant($0) } }

    /// What a replay would publish, and as what; or why there can be none.
    var replayable: Result<(InboundType, [UInt8]), DeadLetterQueue.Refusal> {
        guard let body, properties.damage == nil else { return .failure(.unreadable) }
        return replayed.map { ($0, body) }
    }

    /// The place of what is wrong in the body, by reading it again as a worker does.
    func wrongPlace(at now: Instant) -> Range<Int>? {
        guard let body else { return nil }
        let places = MessagePlaces(of: body)
        do throws(DeadLetterReason) {
            let type = (try? replayed.get()) ?? InboundType(rawValue: routingKey)
            _ = try InboundDecoder().decode(body, as: type, at: now)
            return nil
        } catch {
            switch error {
            case .notJSON(_, let offset): return places.place(ofByte: offset)
            case .invalidField(let path, _), .invalidAmount(let path, _), .unknownCurrency(let path):
                return places.place(of: path)
            case .unsupportedVersion: return places.place(of: "version")
            case .submittedInFuture: return places.place(of: "submitted_at")
            default: return nil
            }
        }
    }
}

/// The page of dead letters.
struct LettersModel: Sendable {
    var groups: [LetterGroup]
    /// How many there are, those that were not looked at included.
    var waiting: Int
    var lookedAt: Int
    /// What is being done, and was done last.
    var jobs: [LetterJob]
}

/// What a replay of several letters would come to, told from some of them.
struct ReplayForecast: Hashable, Sendable {
    var changes = 0
    var repeats = 0
    /// By the code under which they would be dead letters again.
    var refusals: [String: Int] = [:]
    var waits = 0
    /// By the reason for which they can't be sent again.
    var barred: [DeadLetterQueue.Refusal: Int] = [:]
    /// How many were looked at.
    var lookedAt = 0

    static let limit = 200

    mutating func add(_ outlook: ReplayOutlook) {
        lookedAt += 1
        switch outlook {
        case .barred(let refusal): barred[refusal, default: 0] += 1
        case .judged(.changed): changes += 1
        case .judged(.unchanged): repeats += 1
        case .judged(.untimely): waits += 1
        case .judged(.refused(let reason)): refusals[reason.code, default: 0] += 1
        }
    }
}
