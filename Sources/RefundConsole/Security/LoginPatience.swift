internal import RefundPolicy
internal import Synchronization

/// Makes whoever says wrong tokens wait, longer each time. A right token is let in at once, whatever others have done: it is
/// a secret too long to be guessed at any pace (`AccessToken`), so that nothing is won by refusing it.
///
/// Who says them is told by the browser, where it has logged in before, else by the address: what strangers do at a shared
/// address is not laid at the door of those who are known.
final class LoginPatience: Sendable {
    enum Source: Hashable, Sendable {
        case browser(String)
        case address(String)
    }

    /// What is said to a wrong token.
    enum Answer: Hashable, Sendable {
        /// After that time; `release` is owed then.
        case held(Duration)
        /// At once, since so many are being held already.
        case refused(retryAfter: Duration)
    }

    private struct State {
        var failures: [Source: (count: Int, at: Instant)] = [:]
        var browsers: [String: Instant] = [:]
        var held: [Source: Int] = [:]
    }

    private let state = Mutex(State())

    static let free = 3
    static let longest = Duration.seconds(16)
    static let memory = Duration.seconds(900)
    /// Held answers, of one source and in all: each keeps a connection.
    static let heldBySource = 4
    static let heldInAll = 32
    private static let mostSources = 4_096
    private static let mostBrowsers = 1_000

    /// - Parameter browser: what the request's cookie says.
    func source(browser: String?, address: String) -> Source {
        state.withLock { state in
            if let browser, state.browsers[browser] != nil { return .browser(browser) }
            return .address(address)
        }
    }

    func noteFailure(of source: Source, at now: Instant) -> Answer {
        state.withLock { state in
            if let known = state.failures[source], known.at + LoginPatience.memory <= now {
                state.failures[source] = nil
            }
            let count = (state.failures[source]?.count ?? 0) + 1
            if state.failures[source] == nil, state.failures.count >= LoginPatience.mostSources,
                let oldest = state.failures.min(by: { $0.value.at < $1.value.at })
            {
                state.failures[oldest.key] = nil
            }
            state.failures[source] = (count, now)
            let wait = LoginPatience.wait(after: count)
            let own = state.held[source] ?? 0
            guard own < LoginPatience.heldBySource,
                state.held.values.reduce(0, +) < LoginPatience.heldInAll
            else { return .refused(retryAfter: wait) }
            state.held[source] = own + 1
            return .held(wait)
        }
    }

    /// A held answer has been given.
    func release(_ source: Source) {
        state.withLock { state in
            let left = (state.held[source] ?? 1) - 1
            state.held[source] = left > 0 ? left : nil
        }
    }

    /// - Parameter browser: how it is known from now on.
    func noteSuccess(of browser: String, from source: Source, at now: Instant) {
        state.withLock { state in
            // Who is known has shown that it can; an address may be shared with whoever is guessing.
            if case .browser = source { state.failures[source] = nil }
            if state.browsers.count >= LoginPatience.mostBrowsers,
                let oldest = state.browsers.min(by: { $0.value < $1.value })
            {
                state.browsers[oldest.key] = nil
            }
            state.browsers[browser] = now
        }
    }

    /// Nothing for the first few, then 1, 2, 4, 8, 16 s.
    static func wait(after count: Int) -> Duration {
        count <= free ? .zero : min(.seconds(1 << min(count - free - 1, 30)), longest)
    }
}
