public import ArgumentParser
public import RefundBench
public import RefundCase
public import RefundMessages
import RefundPolicy
import RefundService

// How values of our own types are read from the command line.

extension InboundType: ExpressibleByArgument {}

extension CaseStatus: ExpressibleByArgument {}

extension Review.Verdict: ExpressibleByArgument {}

extension BenchStep: ExpressibleByArgument {}

/// Texts of the command line that may be mistaken, and what to give instead.
enum ArgumentText {
    /// Reads 1 to 128 of `A-Z a-z 0-9 . _ : -` (contract § 3).
    static func requestID(_ text: String) throws -> RequestID {
        guard let id = RequestID(text) else {
            throw ValidationError(
                "A request's id is 1 to 128 of A-Z a-z 0-9 . _ : - (`cases list` shows those there are).")
        }
        return id
    }

    /// Reads what has the form of a request's id.
    static func actionID(_ text: String) throws -> ActionID {
        guard let id = ActionID(text) else {
            throw ValidationError("An action's id is 1 to 128 of A-Z a-z 0-9 . _ : - (left out, one is made).")
        }
        return id
    }

    /// Reads an RFC 3339 instant.
    static func instant(_ text: String) throws -> Instant {
        guard let instant = Instant(text) else {
            throw ValidationError("An instant has a date, a time and an offset, such as 2022-02-22T09:30:00Z.")
        }
        return instant
    }

    /// Reads a duration.
    static func duration(_ text: String) throws -> Duration {
        guard let duration = DurationText.parse(text) else {
            throw ValidationError("A duration is a whole number and its unit, up to 36500d: 500ms, 2s, 15m, 24h, 7d.")
        }
        return duration
    }
}
