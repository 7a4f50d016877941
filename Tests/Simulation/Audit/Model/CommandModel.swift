import RefundPolicy

/// What has been told of the keys of one command, by the table of the contract's § 4.
struct CommandModel {
    enum Word {
        case nothing, failure, success
    }

    struct Key {
        /// The last that was told of it and counted.
        var word = Word.nothing
        /// The sender's clock at its first success.
        var firstSuccess: SpokenReply?
        /// When that came.
        var firstSuccessAt: Instant?
        var hasBounced = false
        /// It never went out, and never may.
        var isTakenBack = false
        /// The case had ended before it arrived. The worker can't always know that it never left.
        var isCutShort = false
        /// The command succeeded by another while this one was unanswered: it may have been kept from going out.
        var isDoubtful = false
        /// A person was told of that; each cause is told once (§ 3).
        var isDoubtTold = false
        let committedAt: Instant
    }

    /// What a reply changes, besides the words themselves.
    enum Turn {
        /// Said before, or no news.
        case nothing
        /// Of a key that was never sent.
        case neverSent
        /// The command has succeeded by it.
        case succeeded
        /// It was done once more.
        case doneTwice
        /// The key that was awaited has failed.
        case failed
        /// A failure that moves nothing.
        case recorded
        /// What was done twice was undone once.
        case undoneOnce
        /// The only key that stood stands no more.
        case bounced
    }

    let name: String
    private(set) var keys: [Key] = []
    private var said: Set<String> = []
    /// No new key goes out by itself.
    var needsPerson = false

    init(name: String) { self.name = name }

    var stands: Bool { keys.contains { $0.word == .success } }
    var sent: [Key] { keys.filter { !$0.isTakenBack } }
    /// The numbers of keys that are out and unanswered.
    var unanswered: [Int] { keys.indices.filter { keys[$0].word == .nothing && !keys[$0].isTakenBack }.map { $0 + 1 } }
    /// Those and the ones that an end cut short: whether they are out may be in doubt.
    var doubtful: [Int] {
        keys.indices.filter { keys[$0].word == .nothing && (!keys[$0].isTakenBack || keys[$0].isCutShort) }
            .map { $0 + 1 }
    }
    /// The last word of every key that was sent is failure.
    var isFree: Bool { sent.allSatisfy { $0.word == .failure } }

    mutating func send(at now: Instant) { keys.append(Key(committedAt: now)) }
    mutating func doubt(_ number: Int) { keys[number - 1].isDoubtful = true }
    mutating func tellDoubt(_ number: Int) { keys[number - 1].isDoubtTold = true }
    mutating func takeBack(_ number: Int) { keys[number - 1].isTakenBack = true }

    mutating func cutShort(_ number: Int) {
        keys[number - 1].isTakenBack = true
        keys[number - 1].isCutShort = true
    }

    /// The current key may be sent after all.
    mutating func bringBack(unless isReplaced: Bool) {
        guard !isReplaced, let last = keys.indices.last, !stands else { return }
        keys[last].isTakenBack = false
    }

    func hasBounced(_ number: Int) -> Bool { keys.indices.contains(number - 1) && keys[number - 1].hasBounced }

    /// What a key's first success said of its time, and when it came.
    func firstSuccess(_ number: Int) -> (clock: Instant, at: Instant)? {
        guard keys.indices.contains(number - 1), let clock = keys[number - 1].firstSuccess?.clock,
            let at = keys[number - 1].firstSuccessAt
        else { return nil }
        return (clock, at)
    }

    /// What the reply would come to, if it were taken now.
    func turn(_ reply: SpokenReply) -> Turn {
        guard keys.indices.contains(reply.number - 1) else { return .neverSent }
        let key = keys[reply.number - 1]
        if said.contains(reply.words) { return .nothing }
        if reply.isSuccess {
            if key.word == .success { return .nothing }
            return stands ? .doneTwice : .succeeded
        }
        if key.word == .success { return keys.count { $0.word == .success } > 1 ? .undoneOnce : .bounced }
        let isAwaited = key.word == .nothing && reply.number == keys.count && !stands
        return isAwaited ? .failed : .recorded
    }

    /// Takes it.
    mutating func take(_ reply: SpokenReply, at now: Instant) -> Turn {
        let turn = turn(reply)
        remember(reply)
        switch turn {
        case .nothing, .neverSent: return turn
        case .undoneOnce, .bounced: keys[reply.number - 1].hasBounced = true
        case .succeeded, .doneTwice, .failed, .recorded: break
        }
        keys[reply.number - 1].word = reply.isSuccess ? .success : .failure
        keys[reply.number - 1].isTakenBack = false
        if reply.isSuccess, keys[reply.number - 1].firstSuccess == nil {
            keys[reply.number - 1].firstSuccess = reply
            keys[reply.number - 1].firstSuccessAt = now
        }
        return turn
    }

    /// It was said, and changed nothing.
    mutating func remember(_ reply: SpokenReply) {
        if keys.indices.contains(reply.number - 1) { said.insert(reply.words) }
    }
}
