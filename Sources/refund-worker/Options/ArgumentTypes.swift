public import ArgumentParser
public import RefundBench
public import RefundCase
public import RefundMessages
public import RefundPolicy
import RefundService

// How values of our own types are read from the command line.

extension InboundType: ExpressibleByArgument {}

extension CaseStatus: ExpressibleByArgument {}

extension Review.Verdict: ExpressibleByArgument {}

extension BenchStep: ExpressibleByArgument {}

extension Instant: ExpressibleByArgument {
    /// Reads an RFC 3339 instant.
    public init?(argument: String) {
        self.init(argument)
    }
}

extension RequestID: ExpressibleByArgument {
    /// Reads 1 to 128 of `A-Z a-z 0-9 . _ : -`.
    public init?(argument: String) {
        self.init(argument)
    }
}

/// A duration, such as `24h`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = DurationText.parse(argument) else { return nil }
        self.duration = duration
    }
}
