/// Holds back lines of one kind in a storm: so many a minute are written, and then one that says how many were left out.
///
/// A value that is told the time, so that it can be tried without waiting.
struct LogLimiter {
    /// The statement that a line comes from.
    struct Kind: Hashable {
        let file: String
        let line: UInt
    }

    /// Lines of a kind that were left out.
    struct Omission: Hashable {
        /// The last one of them.
        let like: String
        let count: Int
    }

    private struct Window {
        let begin: Duration
        var count = 0
        var omission: Omission?
    }

    /// How many lines of a kind are written in a minute.
    let most: Int
    private var windows: [Kind: Window] = [:]

    init(most: Int = 30) {
        self.most = most
    }

    /// Whether the line is to be written.
    mutating func admit(_ kind: Kind, _ message: String, at now: Duration) -> Bool {
        var window = windows[kind] ?? Window(begin: now)
        window.count += 1
        if window.count > most { window.omission = Omission(like: message, count: window.count - most) }
        windows[kind] = window
        return window.count <= most
    }

    /// Ends the minutes that are over; with `all`, every one.
    ///
    /// - Returns: what was left out in them, in the order in which they began.
    mutating func takeOmissions(at now: Duration, all: Bool = false) -> [Omission] {
        let ended = windows.filter { all || now - $0.value.begin >= .seconds(60) }
        for kind in ended.keys { windows[kind] = nil }
        return ended.values.sorted { $0.begin < $1.begin }.compactMap(\.omission)
    }
}
