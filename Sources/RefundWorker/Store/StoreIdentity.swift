import RefundCase
public import RefundPolicy

/// Which store it is: made at random when its tables are made, and the same in every copy of it.
public struct StoreIdentity: Hashable, Sendable, CustomStringConvertible {
    /// 32 digits of `0-9 a-f`.
    public let text: String

    /// Takes nothing but 32 such digits.
    public init?(_ text: String) {
        let isHexadecimal = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        guard text.utf8.count == 32, isHexadecimal else { return nil }
        self.text = text
    }

    public var description: String { text }
}

/// The latest event that a worker was told is kept. A store that does not have it is a copy of an earlier time, whatever
/// its identity says.
public struct KeptEvent: Hashable, Sendable {
    /// Where its row is (`RowNumber`).
    public let row: Int64
    /// Of its case, which may have been archived since.
    public let requestID: RequestID
}

extension CaseChanges {
    /// The last event that a transaction has written; `nil` when it wrote none.
    ///
    /// - Parameter ids: the identities of the changed cases, in their order.
    public func latestEvent(of ids: [CaseID]) -> KeptEvent? {
        for (index, id) in zip(cases.indices, ids).reversed() where !cases[index].events.isEmpty {
            let place = cases[index].firstEvent + cases[index].events.count - 1
            guard let row = try? RowNumber.of(place, in: id) else { continue }
            return KeptEvent(row: row, requestID: cases[index].refundCase.id)
        }
        return nil
    }
}

extension StoreError {
    /// Another store is where the one was that was asked for.
    public static func exchanged(_ problem: String, remedy: String) -> StoreError {
        StoreError(.exchanged, operation: "look whose store it is", problem: problem, remedy: remedy)
    }

    /// - Parameters:
    ///   - found: `nil` for a store without one.
    ///   - place: the file, or what else is named in `store.url`.
    ///   - source: who says what is expected.
    public static func anotherStore(
        _ found: StoreIdentity?, at place: String, expected: StoreIdentity, saidBy source: String, remedy: String
    ) -> StoreError {
        .exchanged(
            "\(place) is \(found.map { "the store \($0)" } ?? "a store without an identity"), and not \(expected), "
                + "which \(source)", remedy: remedy)
    }

    /// The store lacks what this worker was told is kept.
    public static func earlierCopy(at place: String) -> StoreError {
        .exchanged(
            "\(place) lacks what this worker has committed to it: it is a copy of an earlier time",
            remedy: "put back the store that was there; or keep this one, and stop all workers, have it learn what it "
                + "missed (README, \"Backup and restore\"), and start them again")
    }
}
