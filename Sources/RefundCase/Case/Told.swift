/// How often each notice and alert of a case was told; as many entries as there are causes, however often each is told.
public struct Told: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// A notice's kind, or `alert/` and the cause.
        public var name: String
        public var times: Int

        public init(name: String, times: Int) {
            self.name = name
            self.times = times
        }
    }

    /// In the order in which each was first told.
    public private(set) var entries: [Entry]

    public init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    public func times(_ name: String) -> Int { entries.first { $0.name == name }?.times ?? 0 }

    public func contains(_ name: String) -> Bool { times(name) > 0 }

    /// - Returns: how often it was told by now, this time included.
    mutating func count(_ name: String) -> Int {
        guard let place = entries.firstIndex(where: { $0.name == name }) else {
            entries.append(Entry(name: name, times: 1))
            return 1
        }
        entries[place].times += 1
        return entries[place].times
    }
}
