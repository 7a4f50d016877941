public import RefundMessages
internal import RefundPolicy

/// That messages of one kind don't get out, as whoever watches is told.
public struct OutletTrouble: Hashable, Sendable {
    /// `nil` for dead letters.
    public var type: OutboundType?
    /// What the broker did, in plain words.
    public var reason: String
    /// How often in a row a single message was tried in vain.
    public var tries: Int
    /// How long no other is tried, from the last one on.
    public var pause: Duration

    public init(type: OutboundType?, reason: String, tries: Int, pause: Duration) {
        self.type = type
        self.reason = reason
        self.tries = tries
        self.pause = pause
    }
}

/// How the ways out stand, one for each kind of message: those of a kind go to one exchange with one routing key, and so
/// they have one fate. One that is barred must take no other along.
///
/// The broker closes a channel over a message (no such exchange, no right to it, too large) without saying which one it
/// means; and a quorum queue without a majority keeps the whole channel waiting, until the connection ends without a word.
/// So every kind that was on its way when a connection ends is tried anew with a single message, one kind after the other,
/// until the guilty one has shown itself. That one, and one whose messages the broker refuses, is then tried with one message
/// at a time, after growing pauses; all else goes on.
struct Outlets {
    private struct Trouble {
        var reason: String
        var tries = 0
        /// How often a channel was closed while it was tried, and other kinds were on their way as well.
        var coincidences = 0
        /// When the next single message may go out.
        var nextAt: Duration
        /// Over only once the broker has confirmed something; otherwise once it has kept the channel open.
        var needsConfirm: Bool
        /// The connection by which the last message was tried in vain, and which is still there.
        var failedBy: UInt64?

        func needsNewChannel(_ epoch: UInt64) -> Bool { tries > 1 && failedBy == epoch }
    }

    /// The single message that is out.
    private struct Probe {
        var type: OutboundType?
        var sentAt: Duration
    }

    private let limits: OutletLimits
    private var troubles: [OutboundType?: Trouble] = [:]
    private var probe: Probe?
    /// Refusals and returns in a row.
    private var refusals: [OutboundType?: Int] = [:]
    /// When what was put off last of a barred kind may come again.
    private var lastPlaces: [OutboundType?: Duration] = [:]
    private var hasChanged = false
    /// Why the connection is to be opened afresh.
    private var renewal: String?

    init(limits: OutletLimits) {
        self.limits = limits
    }

    var isClear: Bool { troubles.isEmpty }

    // MARK: What may go out

    /// Whether a message of that kind may go out now.
    func isOpen(_ type: OutboundType?, by epoch: UInt64, at uptime: Duration) -> Bool {
        guard let trouble = troubles[type] else { return true }
        return probe == nil && uptime >= trouble.nextAt && !trouble.needsNewChannel(epoch)
    }

    /// Up to when messages of that kind are to stay in the store: they are known not to get out. `nil` where they may wait
    /// here, or go.
    func barredUntil(_ type: OutboundType?, at uptime: Duration) -> Duration? {
        guard let trouble = troubles[type], trouble.tries > 0, uptime < trouble.nextAt else { return nil }
        return trouble.nextAt
    }

    /// When a message of that kind that is put off is to come again; `nil` where its kind is not known to be barred. Each has a
    /// place of its own after the one before, so that the wait grows with how many stand: all of them at once, at every pause,
    /// would keep the store busy and others waiting.
    mutating func nextPlace(of type: OutboundType?, at uptime: Duration) -> Duration? {
        guard let barredUntil = barredUntil(type, at: uptime) else { return nil }
        let place = max(barredUntil, lastPlaces[type].map { $0 + limits.spread } ?? barredUntil)
        lastPlaces[type] = place
        return place
    }

    /// A message goes out: where its kind is in trouble, it is the one that shows whether that is over.
    mutating func sends(_ type: OutboundType?, at uptime: Duration) {
        if troubles[type] != nil { probe = Probe(type: type, sentAt: uptime) }
    }

    /// Whether a single message is out that may keep the channel waiting.
    var isTrying: Bool { probe != nil }

    /// Why the connection is to be opened afresh now, if it is: it says nothing, or the next single message is due and needs
    /// a channel that has not refused its kind before, since RabbitMQ keeps some refusals for as long as the channel lives.
    mutating func takeRenewal(_ epoch: UInt64, at uptime: Duration) -> String? {
        defer { renewal = nil }
        if let renewal { return renewal }
        let isStale = probe == nil && troubles.values.contains { uptime >= $0.nextAt && $0.needsNewChannel(epoch) }
        return isStale ? "what is refused may be so for as long as a channel lives" : nil
    }

    /// When time alone changes something, after that moment.
    func wakeUpAt(after uptime: Duration) -> Duration? {
        guard let probe else {
            return troubles.values.map(\.nextAt).filter { $0 > uptime }.min()
        }
        return probe.sentAt + patience(with: troubles[probe.type])
    }

    /// How long a single message may be out: a queue that is slow has more time with each try.
    private func patience(with trouble: Trouble?) -> Duration {
        guard let trouble, trouble.needsConfirm else { return limits.closesWithin }
        return min(limits.confirmWithin / 2, limits.triesFor * (trouble.tries + 1))
    }

    // MARK: What has happened

    /// The broker has closed the channel over one of these, or of those that it had settled before.
    ///
    /// - Returns: the guilty message, where it is known.
    mutating func channelClosed(over open: [Publication], reason: String, at uptime: Duration) -> Publication? {
        let types = Set(open.map(\.type))
        // It is certain where nothing else was on its way, and likely for one that was barred before, or the second time.
        var tried: Probe?
        if let probe, let trouble = troubles[probe.type] {
            if types == [probe.type] || trouble.tries > 0 || trouble.coincidences > 0 { tried = probe }
            troubles[probe.type]?.coincidences += 1
        }
        probe = nil
        if let tried { fail(tried.type, reason: reason, needsConfirm: false, by: nil, at: uptime) }
        for type in types where troubles[type] == nil {
            troubles[type] = Trouble(reason: reason, nextAt: uptime, needsConfirm: false)
        }
        if let tried { return open.last { $0.type == tried.type } }
        guard open.count == 1, let only = open.first else { return nil }
        fail(only.type, reason: reason, needsConfirm: false, by: nil, at: uptime)
        return only
    }

    /// The connection is gone without a word about any of these.
    mutating func connectionLost(with open: [Publication], at uptime: Duration) {
        if let probe, uptime - probe.sentAt >= limits.closesWithin {
            fail(probe.type, reason: limits.silence, needsConfirm: true, by: nil, at: uptime)
        }
        probe = nil
        for type in Set(open.map(\.type)) where troubles[type] == nil {
            troubles[type] = Trouble(reason: limits.silence, nextAt: uptime, needsConfirm: true)
        }
    }

    /// The broker's alarm is over: it had no time to say anything.
    mutating func unblocked(at uptime: Duration) {
        probe?.sentAt = uptime
    }

    mutating func confirmed(_ type: OutboundType?) {
        refusals[type] = nil
        if troubles[type] != nil { end(type) }
    }

    /// The broker has refused or returned a message of that kind.
    mutating func refused(_ type: OutboundType?, reason: String, by epoch: UInt64, at uptime: Duration) {
        refusals[type, default: 0] += 1
        if let probe, probe.type == type {
            self.probe = nil
            fail(type, reason: reason, needsConfirm: true, by: epoch, at: uptime)
        } else if troubles[type] == nil, refusals[type, default: 0] >= limits.refusalsInARow {
            fail(type, reason: reason, needsConfirm: true, by: epoch, at: uptime)
        }
    }

    /// The broker has said nothing about some messages for too long: whichever kind keeps it so shows itself on a new
    /// channel.
    mutating func unanswered() {
        if probe == nil { renewal = limits.silence }
    }

    /// Time has passed, and all that the broker has said was told.
    mutating func pass(at uptime: Duration) {
        guard let probe, let trouble = troubles[probe.type], uptime - probe.sentAt >= patience(with: trouble) else {
            return
        }
        // The broker closes a channel at once or not at all.
        guard trouble.needsConfirm else { return end(probe.type) }
        self.probe = nil
        fail(probe.type, reason: limits.silence, needsConfirm: true, by: nil, at: uptime)
        // Nothing else gets through while the channel waits for that queue.
        renewal = limits.silence
    }

    private mutating func fail(
        _ type: OutboundType?, reason: String, needsConfirm: Bool, by epoch: UInt64?, at uptime: Duration
    ) {
        var trouble = troubles[type] ?? Trouble(reason: reason, nextAt: uptime, needsConfirm: needsConfirm)
        trouble.reason = reason
        trouble.needsConfirm = needsConfirm
        trouble.failedBy = epoch
        trouble.tries += 1
        trouble.nextAt = uptime + limits.pause(after: trouble.tries)
        troubles[type] = trouble
        hasChanged = true
    }

    private mutating func end(_ type: OutboundType?) {
        if troubles.removeValue(forKey: type).map({ $0.tries > 0 }) ?? false { hasChanged = true }
        refusals[type] = nil
        lastPlaces[type] = nil
        if probe?.type == type { probe = nil }
    }

    /// What whoever watches is to know, if that has changed: kinds that are only suspected are not told of.
    mutating func takeNews() -> [OutletTrouble]? {
        guard hasChanged else { return nil }
        hasChanged = false
        return troubles.filter { $0.value.tries > 0 }.map { type, trouble in
            OutletTrouble(
                type: type, reason: trouble.reason, tries: trouble.tries, pause: limits.pause(after: trouble.tries))
        }.sorted { ($0.type?.rawValue ?? "") < ($1.type?.rawValue ?? "") }
    }
}

/// How long a lane waits for the broker's word, and what it makes of none.
public struct OutletLimits: Hashable, Sendable {
    /// How long a message may be at the broker without a word before the connection is opened afresh, so that whatever keeps
    /// the broker so shows itself.
    public var confirmWithin: Duration
    /// How long the first single message of a kind may be out before the rest goes on without it; each next as much longer,
    /// up to half of `confirmWithin`.
    public var triesFor: Duration
    /// How soon the broker closes a channel over a message, if it does.
    public var closesWithin: Duration
    /// Refusals and returns in a row after which a kind counts as barred.
    public var refusalsInARow: Int
    /// The pause after the first message that was tried in vain; doubles up to `longestPause`.
    public var firstPause: Duration
    public var longestPause: Duration
    /// How far apart messages of a barred kind come to be tried again: 250 a second, whatever stands.
    public var spread: Duration

    public init(
        confirmWithin: Duration = .seconds(20), triesFor: Duration = .seconds(2), closesWithin: Duration = .seconds(1),
        refusalsInARow: Int = 8,
        firstPause: Duration = .seconds(5), longestPause: Duration = .seconds(60), spread: Duration = .milliseconds(4)
    ) {
        self.confirmWithin = confirmWithin
        self.triesFor = triesFor
        self.closesWithin = closesWithin
        self.refusalsInARow = refusalsInARow
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.spread = spread
    }

    func pause(after tries: Int) -> Duration {
        min(longestPause, firstPause * (1 << min(max(0, tries - 1), 20)))
    }

    var silence: String { "the broker says nothing about it" }
}
