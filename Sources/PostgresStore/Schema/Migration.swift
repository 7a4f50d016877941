import RefundWorker

/// A step that makes the tables what this version expects. A migration that was ever released is never changed: add
/// another.
///
/// Workers of two versions work side by side while a new one is rolled out. So what is added must be such that the older
/// version goes on (`expand`); what it needs may be taken away only once none of them is connected (`contract`).
struct Migration {
    enum Kind: Hashable {
        /// Older versions go on working: tables, columns with defaults, indexes.
        case expand
        /// Versions before `since` do not work afterwards. It waits until none of them is connected.
        case contract(since: Int)
    }

    /// From 1, in their order.
    let version: Int
    let name: String
    let kind: Kind
    /// Run in one transaction, each by itself.
    let statements: [String]
    /// What the database can't do by itself, before the statements, in transactions of its own: it may be interrupted, and
    /// is then done again.
    var preparation: (@Sendable (Session) throws(StoreError) -> Void)?

    /// The version of this program's schema: workers say which one they know.
    static var current: Int { all.last?.version ?? 0 }

    static let all: [Migration] = [
        Migration(
            version: 1, name: "cases, events, messages, policies, parked, dead letters", kind: .expand,
            statements: Tables.first),
        Migration(
            version: 2, name: "deadlines with what they put at stake", kind: .expand,
            statements: [Tables.casesOwed, "DROP INDEX cases_deadline"]),
        Migration(
            version: 3, name: "words, actions, holds, pauses", kind: .expand, statements: ContractTwo.statements),
        // The versions before write no holds and know of no pause: beside newer ones they would pay what is held back.
        Migration(version: 4, name: "the second contract alone", kind: .contract(since: 3), statements: []),
        Migration(version: 5, name: "room for parked messages", kind: .expand, statements: Tables.parkingRoom),
        Migration(
            version: 6, name: "who sent what a person said", kind: .expand, statements: Signatures.statements),
        Migration(version: 7, name: "which store it is", kind: .expand, statements: IdentityTable.statements),
        Migration(
            version: 8, name: "lines whatever their spelling", kind: .expand, statements: LineIdentities.columns),
        Migration(
            version: 9, name: "what keeps lines and invoices in bounds", kind: .expand,
            statements: LineIdentities.constraints,
            preparation: { session throws(StoreError) in
                try LineIdentities.foldRest(on: session)
            }),
        Migration(
            version: 10, name: "holds that ended without a word", kind: .expand, statements: EarlierHolds.statements),
    ]
}
