/// A policy: its versions over time (contract § 5).
public struct Policy: Hashable, Sendable {
    /// The policy's name, such as `standard`.
    public let name: String
    /// At least one, in ascending order of the day on which they took effect, and all under the policy's name.
    public let versions: [PolicyVersion]

    /// `nil` unless there is a version, and each took effect on a later day than the one before. The versions take on
    /// the policy's name.
    public init?(name: String, versions: [PolicyVersion]) {
        guard !versions.isEmpty,
            zip(versions, versions.dropFirst()).allSatisfy({ $0.effectiveFrom < $1.effectiveFrom })
        else { return nil }
        self.name = name
        self.versions = versions.map { version in
            var version = version
            version.rename(name)
            return version
        }
    }

    /// A policy of one version, under that version's name.
    public init(only version: PolicyVersion) {
        self.name = version.name
        self.versions = [version]
    }

    /// The version in force on the invoice's date; the first for an older invoice (contract § 5).
    public func version(forInvoiceIssuedOn date: CalendarDate) -> PolicyVersion {
        // The number of versions that had taken effect by then.
        var low = 0
        var high = versions.count
        while low < high {
            let middle = (low + high) / 2
            if versions[middle].effectiveFrom <= date { low = middle + 1 } else { high = middle }
        }
        return versions[max(0, low - 1)]
    }

    /// The policy where no file gives another: that of contract § 1 with the terms of the contract's § 5, with nothing
    /// excluded, no review limit and no holidays.
    public static let standard = Policy(only: .standard)
}

extension PolicyVersion {
    /// The only version of `Policy.standard`, and what a policy file's version takes where it says nothing else.
    public static let standard = PolicyVersion(
        name: "standard",
        // 2022-02-12, when the policy was last updated.
        effectiveFrom: CalendarDate(dayNumber: 19_035),
        timeZone: .utc, returnWindowDays: 7, respondWithin: .time(.days(3)), refundWithin: .time(.days(14)),
        atRisk: AtRisk(response: .time(.hours(12)), refund: .time(.days(2))),
        funds: FundsWindow(earliest: 1, latest: 2), rounding: .halfUp, payout: .onApproval,
        reviewAbove: nil,
        commands: CommandTerms(
            replyWithin: .time(.minutes(15)),
            backoff: Backoff(first: .minutes(1), factor: 2, cap: .hours(12), jitter: 0.2), maxAttempts: 8))
}

extension Duration {
    fileprivate static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    fileprivate static func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }
    fileprivate static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
