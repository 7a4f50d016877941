internal import RefundMessages
public import RefundPolicy
public import RefundWorker

/// What a lane is at, and what keeps it from working.
public struct LaneStatus: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        case starting, working
        /// It takes nothing until what `reasons` tell is over.
        case paused
        /// It finishes what was begun and takes nothing new.
        case draining
        case stopped
    }

    /// One of its three connections to the broker.
    enum Link: Hashable {
        case opening
        case open
        /// Why it is not there, and whether that is because the broker lacks a queue or an exchange.
        case lost(problem: String, isMissing: Bool)
    }

    /// How far it is in its life.
    enum Phase: Hashable {
        case starting, running, draining, stopped
    }

    public let name: String
    /// Since when it has been in this state.
    public internal(set) var since: Instant
    var phase = Phase.starting
    var publisher = Link.opening
    var requests = Link.opening
    var replies = Link.opening
    /// The broker's words for why it takes no messages; `nil` while it does.
    var alarm: String?
    /// Why the store did not do the last order; `nil` when it did.
    var storeProblem: String?
    /// That is because another store is where its own was.
    var storeIsAnother = false

    /// Kinds of messages that don't get out, while all others do.
    public internal(set) var barred: [OutletTrouble] = []

    init(name: String, since: Instant) {
        self.name = name
        self.since = since
    }

    public var state: State {
        switch phase {
        case .starting: .starting
        case .draining: .draining
        case .stopped: .stopped
        case .running:
            if !troubles.isEmpty { .paused } else if requests == .open, replies == .open { .working } else { .starting }
        }
    }

    /// Why it is not working, in plain words; empty while it is.
    public var reasons: [String] {
        switch state {
        case .working: []
        case .starting: ["starting: the store is being opened, or the broker connected to"]
        case .paused: troubles
        case .draining: ["draining: what was begun is finished, and nothing new is taken"] + troubles
        case .stopped: ["stopped"]
        }
    }

    private var troubles: [String] {
        var troubles: [String] = []
        if case .lost(let problem, let isMissing) = publisher {
            troubles.append(LaneStatus.trouble("to publish", problem, isMissing))
        }
        for case .lost(let problem, let isMissing) in [requests, replies] {
            let trouble = LaneStatus.trouble("to consume", problem, isMissing)
            // A broker that is away is one trouble.
            if !troubles.contains(trouble) { troubles.append(trouble) }
        }
        if let alarm {
            troubles.append("blocked by the broker's alarm (\(alarm)): free memory or disk space on the broker")
        }
        if let storeProblem {
            troubles.append("\(storeIsAnother ? "another store" : "store unreachable"): \(storeProblem)")
        }
        return troubles
    }

    /// What does not get out although the lane works, in plain words.
    public var notes: [String] {
        barred.map { trouble in
            "\(trouble.type.shownName) does not get out: \(trouble.reason); the store keeps it, and all else goes on"
        }
    }

    private static func trouble(_ purpose: String, _ problem: String, _ isMissing: Bool) -> String {
        isMissing
            ? "topology missing: \(problem) `refund-worker topology declare` makes what is missing."
            : "no broker connection \(purpose): \(problem)"
    }
}

extension OutboundType? {
    /// What people read of a kind of message.
    var shownName: String { self?.rawValue ?? "dead letters" }
}
