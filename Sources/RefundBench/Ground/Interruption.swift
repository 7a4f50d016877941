import Foundation
internal import Synchronization

/// SIGINT and SIGTERM as a question that loops ask, so that everything is cleaned up on the way out.
enum Interruption {
    /// From here on the signals only set the mark.
    static func heedSignals() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in interruptionIsAsked.store(true, ordering: .relaxed) }
        }
        signal(SIGPIPE, SIG_IGN)
    }

    /// - Throws: `BenchError.interrupted` once a signal has come.
    static func check() throws {
        if interruptionIsAsked.load(ordering: .relaxed) { throw BenchError.interrupted }
    }
}

/// Global, since a signal handler can reach nothing else.
private let interruptionIsAsked = Atomic(false)
