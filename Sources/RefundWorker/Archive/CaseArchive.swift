public import RefundPolicy

/// Moving finished cases out of a store, which workers may be using meanwhile: the port of `cases archive`.
///
/// A case is finished when it is rejected, withdrawn or settled, has nothing left to do (`RefundCase.dueAt` is `nil`),
/// all of its messages are confirmed, and no message about it is parked.
public protocol CaseArchive: AnyObject {
    /// Some of the cases that are finished, and whose last event was before `cutoff`, oldest first.
    ///
    /// - Parameters:
    ///   - place: where the search begins: `FinishedCases.next` of the call before; `nil` for the oldest case.
    ///   - limit: how many cases are looked at, finished or not, and so the most that are given; from 1.
    func finishedCases(
        before cutoff: Instant, after place: CaseID?, lookingAt limit: Int
    ) throws(StoreError) -> FinishedCases

    /// One transaction: takes the cases out with their events and messages, and leaves their identities. A worker sees
    /// a case or its identity at any moment, and policies stay where they are, since workers remember their rows.
    ///
    /// - Returns: `false`, with nothing changed, when one of them is not there any more, is no longer finished, or has
    ///   had another event since it was read.
    func remove(_ cases: [CaseRemoval]) throws(StoreError) -> Bool
}

/// A part of the finished cases.
public struct FinishedCases: Sendable {
    public var cases: [CaseHistory]
    /// Finished cases that can't be read; they stay where they are.
    public var unreadable: [RequestID]
    /// Where to go on; `nil` when no older case is left.
    public var next: CaseID?

    public init(cases: [CaseHistory] = [], unreadable: [RequestID] = [], next: CaseID? = nil) {
        self.cases = cases
        self.unreadable = unreadable
        self.next = next
    }
}

/// A case to be taken out.
public struct CaseRemoval: Hashable, Sendable {
    public var id: CaseID
    /// How many events it had when it was read.
    public var eventCount: Int
    /// What stays of it.
    public var identity: ArchivedCase

    public init(id: CaseID, eventCount: Int, identity: ArchivedCase) {
        self.id = id
        self.eventCount = eventCount
        self.identity = identity
    }

    /// - Parameters:
    ///   - history: the case as it was read.
    ///   - archivedAt: when it is taken out.
    public init(_ history: CaseHistory, archivedAt: Instant) {
        self.init(
            id: history.id, eventCount: history.events.count,
            identity: ArchivedCase(history.refundCase, archivedAt: archivedAt))
    }
}
