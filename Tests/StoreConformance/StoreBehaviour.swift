public import Testing

/// One thing that every store does. The suite is the list of them; a store's own tests run it, each on a new fixture:
///
///     @Test("the store keeps the port's promises", arguments: StoreBehaviour.all)
///     func conforms(_ behaviour: StoreBehaviour) throws {
///         try behaviour.check(MyFixture())
///     }
public struct StoreBehaviour: Sendable, CustomTestStringConvertible {
    public let name: String
    /// Records an issue with the running test for each thing that is not as it must be.
    public let check: @Sendable (any StoreFixture) throws -> Void

    init(_ name: String, _ check: @escaping @Sendable (any StoreFixture) throws -> Void) {
        self.name = name
        self.check = check
    }

    public var testDescription: String { name }

    public static var all: [StoreBehaviour] {
        committing + constraints + lineStandings + lineSpellings + invoiceBounds + outbox + publicationFacts + holding
            + stopping + resending
            + fallingDue + parking + parkingRoom + keptLetters + room + remembering + signing + braking + contents
            + listing
            + surveying + histories
            + recovering
            + identifying + concurrency + archiving + archived + backlog
    }
}
