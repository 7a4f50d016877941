/// Where a connection comes from, as far as limits go.
public enum ConnectionSource: Hashable, Sendable, CustomStringConvertible {
    /// A socket's file, or a proxy that is trusted to speak for many: no one's own.
    case shared(String)
    /// An address, or the network of addresses that one party has.
    case address(String)

    public var description: String {
        switch self {
        case .shared(let name), .address(let name): name
        }
    }
}

/// How many connections there may be.
public struct ConnectionLimits: Hashable, Sendable {
    public var inAll: Int
    public var byAddress: Int
    /// Beside those: places where only probes are answered.
    public var forProbes: Int

    public init(inAll: Int, byAddress: Int, forProbes: Int) {
        self.inAll = inAll
        self.byAddress = byAddress
        self.forProbes = forProbes
    }
}

/// Which connections there are, and which one gives way to a new one.
///
/// A new connection is never kept waiting for those that say nothing: of the source that has the most, the one that has
/// been silent longest is closed for it. So many who share one address, as behind a proxy, do each other no harm. Only
/// where all places are taken by requests that are being answered, the new one gets a place that is kept for probes.
struct ConnectionLedger {
    /// Numbers grow in the order in which connections came, or fell silent.
    typealias ID = UInt64

    enum Place: Hashable {
        case regular
        /// Only for probes.
        case kept
    }

    enum Admission: Hashable {
        case admitted(ID, Place, closing: ID?)
        case refused
    }

    private struct Entry {
        let source: ConnectionSource
        let place: Place
        /// A request of it is being answered.
        var isBusy = false
        var silentSince: UInt64
    }

    private let limits: ConnectionLimits
    private var entries: [ID: Entry] = [:]
    private var last: UInt64 = 0

    init(_ limits: ConnectionLimits) {
        self.limits = limits
    }

    var count: Int { entries.count }

    mutating func admit(_ source: ConnectionSource) -> Admission {
        let regular = entries.filter { $0.value.place == .regular }
        let own = regular.filter { $0.value.source == source }
        if case .address = source, own.count >= limits.byAddress {
            return add(source, .regular, closing: longestSilent(own)) ?? admitToKept(source)
        }
        if regular.count < limits.inAll { return add(source, .regular) }
        let silent = regular.filter { !$0.value.isBusy }
        let counts = Dictionary(grouping: regular.values, by: \.source).mapValues(\.count)
        let most = silent.values.map { counts[$0.source] ?? 0 }.max() ?? 0
        let victim = longestSilent(silent.filter { counts[$0.value.source] == most })
        return add(source, .regular, closing: victim) ?? admitToKept(source)
    }

    private mutating func admitToKept(_ source: ConnectionSource) -> Admission {
        let kept = entries.filter { $0.value.place == .kept }
        if kept.count < limits.forProbes { return add(source, .kept) }
        return add(source, .kept, closing: longestSilent(kept)) ?? .refused
    }

    private func longestSilent(_ entries: [ID: Entry]) -> ID? {
        entries.filter { !$0.value.isBusy }.min { $0.value.silentSince < $1.value.silentSince }?.key
    }

    private mutating func add(_ source: ConnectionSource, _ place: Place) -> Admission {
        last += 1
        entries[last] = Entry(source: source, place: place, silentSince: last)
        return .admitted(last, place, closing: nil)
    }

    /// - Returns: `nil` where there is none to close.
    private mutating func add(_ source: ConnectionSource, _ place: Place, closing victim: ID?) -> Admission? {
        guard let victim, case .admitted(let id, _, _) = add(source, place) else { return nil }
        entries[victim] = nil
        return .admitted(id, place, closing: victim)
    }

    mutating func note(_ id: ID, isBusy: Bool) {
        guard entries[id] != nil else { return }
        last += 1
        entries[id]?.isBusy = isBusy
        entries[id]?.silentSince = last
    }

    mutating func remove(_ id: ID) {
        entries[id] = nil
    }
}
