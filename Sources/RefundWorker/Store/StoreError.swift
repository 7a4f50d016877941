/// Why a store could not do what it was asked.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Someone else holds it for the moment: the same again will pass.
        case busy
        /// It can't be reached, or its disk is full or failing: the same again passes once that is mended.
        case unavailable
        /// The connection was lost during the commit: all of it is kept, or nothing.
        case outcomeUnknown
        /// It refuses these very data: the same again will fail.
        case refused
        /// It is not a store of this program's version.
        case incompatible
        /// It is another store than it was, or an earlier copy of it: nothing is committed or published until the right one
        /// is back, or a person has looked and started the worker anew.
        case exchanged
    }

    public var kind: Kind
    /// What was being done, such as `commit`.
    public var operation: String
    /// The store's own words, free of data.
    public var problem: String
    /// What to do about it.
    public var remedy: String

    public init(_ kind: Kind, operation: String, problem: String, remedy: String) {
        self.kind = kind
        self.operation = operation
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "store: \(operation): \(problem) (\(kind.rawValue)); \(remedy)" }

    /// Whether the same call may pass later: nothing but a refusal of these very data is the fault of a message. A store
    /// that turns out to be another, or of another version, needs a person, and messages wait meanwhile.
    public var isPassing: Bool {
        switch kind {
        case .busy, .unavailable, .outcomeUnknown, .incompatible, .exchanged: true
        case .refused: false
        }
    }
}
