/// How slow and how large requests may be.
public struct RequestLimits: Hashable, Sendable {
    /// From a request's first byte, or the connection's opening, to the end of its head.
    public var head: Duration
    /// From the end of its head to that of its body.
    public var body: Duration
    /// Between an answer and the next request.
    public var rest: Duration
    /// For the other side to take in what was written.
    public var reading: Duration
    public var headBytes: Int
    public var bodyBytes: Int
    /// Requests that may be sent before they are answered.
    public var pipelined: Int

    public init(
        head: Duration = .seconds(10), body: Duration = .seconds(10), rest: Duration = .seconds(60),
        reading: Duration = .seconds(30), headBytes: Int = 16 << 10, bodyBytes: Int, pipelined: Int = 8
    ) {
        self.head = head
        self.body = body
        self.rest = rest
        self.reading = reading
        self.headBytes = headBytes
        self.bodyBytes = bodyBytes
        self.pipelined = pipelined
    }
}

/// What a connection's requests keep to: a value that is told what happens and the time, and says what to do.
struct RequestPace {
    enum Verdict: Hashable {
        case goOn
        case close
        /// Say why, then close.
        case refuse(Refusal)
    }

    enum Refusal: Hashable {
        case headTooSlow, bodyTooSlow, headTooLarge, bodyTooLarge
        /// All places are taken, and this is no probe.
        case full
    }

    private enum Reading {
        case resting(since: Duration)
        case head(since: Duration, bytes: Int)
        case body(since: Duration, bytes: Int)
    }

    private let limits: RequestLimits
    private var reading: Reading
    /// Requests whose answer has not been written to its end.
    private var unanswered = 0
    private var isAnswering = false
    private var unreadSince: Duration?

    /// - Parameter now: since any moment, as long as it is the same one for all.
    init(_ limits: RequestLimits, openedAt now: Duration) {
        self.limits = limits
        reading = .head(since: now, bytes: 0)
    }

    /// A request that came whole is being answered, and its answer is taken in. Whoever is slow to send or to read has no
    /// more right to its place than whoever is silent.
    var isBusy: Bool {
        if case .body = reading { return false }
        return unanswered > 0 && unreadSince == nil
    }

    /// When `deadlinePassed` is to be asked; `nil` while nothing has one.
    var deadline: Duration? {
        let own: Duration? =
            switch reading {
            case .resting(let since): unanswered > 0 ? nil : since + limits.rest
            case .head(let since, _): since + limits.head
            case .body(let since, _): since + limits.body
            }
        guard let unreadSince else { return own }
        return min(own ?? unreadSince + limits.reading, unreadSince + limits.reading)
    }

    /// Bytes have come, which are now made into parts of requests.
    mutating func received(_ count: Int, at now: Duration) {
        switch reading {
        case .resting: reading = .head(since: now, bytes: count)
        case .head(let since, let bytes): reading = .head(since: since, bytes: bytes + count)
        case .body: break
        }
    }

    /// Those bytes have been made into parts.
    func parsed() -> Verdict {
        guard case .head(_, let bytes) = reading, bytes > limits.headBytes else { return .goOn }
        return verdict(.headTooLarge)
    }

    mutating func head(at now: Duration) -> Verdict {
        reading = .body(since: now, bytes: 0)
        unanswered += 1
        return unanswered > limits.pipelined ? .close : .goOn
    }

    mutating func body(_ count: Int) -> Verdict {
        guard case .body(let since, let bytes) = reading else { return .close }
        reading = .body(since: since, bytes: bytes + count)
        return bytes + count > limits.bodyBytes ? verdict(.bodyTooLarge) : .goOn
    }

    mutating func end(at now: Duration) -> Verdict {
        reading = .resting(since: now)
        return .goOn
    }

    mutating func answerBegan() -> Verdict {
        isAnswering = true
        return .goOn
    }

    mutating func answered(at now: Duration) -> Verdict {
        isAnswering = false
        // What can't be read is answered as well, and was never counted.
        unanswered = max(unanswered - 1, 0)
        if case .resting = reading { reading = .resting(since: now) }
        return .goOn
    }

    /// More was written than the other side has taken in, or it has caught up.
    mutating func wrote(isUnread: Bool, at now: Duration) -> Verdict {
        unreadSince = isUnread ? unreadSince ?? now : nil
        return .goOn
    }

    func deadlinePassed(at now: Duration) -> Verdict {
        guard let deadline, now >= deadline else { return .goOn }
        if let unreadSince, now >= unreadSince + limits.reading { return .close }
        switch reading {
        case .resting: return .close
        case .head(_, let bytes): return bytes == 0 ? .close : verdict(.headTooSlow)
        case .body: return verdict(.bodyTooSlow)
        }
    }

    /// Something can be said only where no other answer is under way.
    private func verdict(_ refusal: Refusal) -> Verdict {
        let isBody = if case .body = reading { true } else { false }
        return !isAnswering && unanswered == (isBody ? 1 : 0) ? .refuse(refusal) : .close
    }
}
