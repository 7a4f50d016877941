internal import Foundation

/// The time zone in which a policy tells days (contract § 1), by its name in the IANA database.
///
/// Equal when the names are, byte for byte; `UTC` and `Etc/UTC` are two.
public struct PolicyTimeZone: Sendable {
    /// Such as `UTC` or `Europe/Berlin`.
    public let identifier: String
    /// `nil` for UTC, which needs no look-up.
    private let zone: TimeZone?

    /// Coordinated Universal Time.
    public static let utc = PolicyTimeZone(identifier: "UTC", zone: nil)

    /// `nil` unless the name is exactly one of the time zone database. Offsets such as `+02:00` or `GMT+2` are none:
    /// they would be wrong for half the year in most places.
    public init?(identifier: String) {
        switch identifier {
        case "UTC", "Etc/UTC", "GMT", "Etc/GMT":
            self.init(identifier: identifier, zone: nil)
        default:
            guard (1...64).contains(identifier.utf8.count), identifier.utf8.allSatisfy(PolicyTimeZone.allows),
                !identifier.hasPrefix("GMT"), !identifier.hasPrefix("UTC"),
                let zone = TimeZone(identifier: identifier), haveSameBytes(zone.identifier, identifier)
            else { return nil }
            self.init(identifier: identifier, zone: zone)
        }
    }

    private init(identifier: String, zone: TimeZone?) {
        self.identifier = identifier
        self.zone = zone
    }

    /// The day that it is there.
    public func date(of instant: Instant) -> CalendarDate {
        instant.date(offsetSeconds: offset(at: instant))
    }

    /// The same time of day that many days later there, or earlier when negative. A time that the clocks skip that day
    /// is the one that they show instead; of a time that they show twice it is the first.
    func sameTime(_ instant: Instant, daysLater days: Int) -> Instant {
        let later = instant + .seconds(days * 86_400)
        guard zone != nil else { return later }
        // What a clock in UTC shows that tells that time.
        let local = later + .seconds(offset(at: instant))
        let before = offset(at: local - .seconds(86_400))
        let after = offset(at: local + .seconds(86_400))
        let byBefore = local - .seconds(before)
        let byAfter = local - .seconds(after)
        return offset(at: byBefore) != before && offset(at: byAfter) == after ? byAfter : byBefore
    }

    /// How many seconds clocks are ahead of UTC there.
    private func offset(at instant: Instant) -> Int {
        guard let zone else { return 0 }
        // Offsets change on whole seconds, so the fraction of one decides nothing.
        return zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.secondsSinceEpoch)))
    }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "+"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension PolicyTimeZone: Hashable {
    public static func == (left: PolicyTimeZone, right: PolicyTimeZone) -> Bool {
        haveSameBytes(left.identifier, right.identifier)
    }

    public func hash(into hasher: inout Hasher) {
        hashBytes(of: identifier, into: &hasher)
    }
}

extension PolicyTimeZone: CustomStringConvertible {
    public var description: String { identifier }
}
