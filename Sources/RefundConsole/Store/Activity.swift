internal import RefundCase
internal import RefundPolicy

/// How many cases were opened, decided and settled in each minute of the last hour.
///
/// What was opened is told by the store for the whole hour; the rest is what the console saw while it watched.
struct Activity: Hashable, Sendable {
    /// The beginning of each minute, the oldest first.
    var minutes: [Instant]
    var opened: [Int]
    /// `nil` for minutes that nobody watched.
    var decided: [Int?]
    var settled: [Int?]

    static let length = 60

    /// The minutes of the hour that ends with the minute of `now`.
    static func minutes(endingAt now: Instant) -> [Instant] {
        let last = now.secondsSinceEpoch / 60
        return (0..<Int64(length)).map { offset in
            Instant(microsecondsSinceEpoch: (last - Int64(length) + 1 + offset) * 60_000_000)
        }
    }
}

/// What the counts of cases by status say about the time between two looks.
struct ActivityWatch: Sendable {
    private struct Bucket {
        var decided = 0
        var settled = 0
    }

    private var last: [CaseStatus: Int]?
    private var buckets: [Int64: Bucket] = [:]

    /// Takes in what was counted at that time.
    mutating func note(_ counts: [CaseStatus: Int], at now: Instant) {
        let minute = now.secondsSinceEpoch / 60
        defer { last = counts }
        guard let last else { return }
        // Cases that leave for an archive lower the counts; that is no activity.
        func growth(_ count: ([CaseStatus: Int]) -> Int) -> Int { max(0, count(counts) - count(last)) }
        buckets[minute, default: Bucket()].decided += growth { counts in
            counts.values.reduce(0, +) - (counts[.inReview] ?? 0)
        }
        buckets[minute, default: Bucket()].settled += growth { $0[.settled] ?? 0 }
        buckets = buckets.filter { $0.key > minute - Int64(Activity.length) }
    }

    func activity(opened: [Int], at now: Instant) -> Activity {
        let minutes = Activity.minutes(endingAt: now)
        let seen = minutes.map { buckets[$0.secondsSinceEpoch / 60] }
        return Activity(
            minutes: minutes, opened: opened, decided: seen.map { $0?.decided }, settled: seen.map { $0?.settled })
    }
}
