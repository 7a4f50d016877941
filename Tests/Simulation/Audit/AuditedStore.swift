package import RefundPolicy

/// A store as the auditor reads it, whatever it is kept in: by SQL of the auditor's own.
package protocol AuditedStore: AnyObject {
    func hasCase(_ request: String) -> Bool
    func openedAt(_ request: String) -> Instant?
    /// The acts that the store remembers as refused.
    func refusedActs() -> Set<String>
    /// The body of the message that opened the case.
    func openingBody(of request: String) -> [UInt8]?
    /// Every stored message under that id.
    func messageBodies(_ id: String) -> [[UInt8]]
    /// The case's events in their order, without the first `count`.
    func events(of request: String, after count: Int) -> [EventRow]
    /// The case's messages in their order, without the first `count`.
    func messages(of request: String, after count: Int) -> [SentRow]
    func status(of request: String) -> String?
    /// Whether a pause of the payouts stands.
    func isPaused() -> Bool
    /// Requests whose withdrawals wait in the store.
    func waitingWithdrawals() -> Set<String>
    /// The ids of the messages that wait in the store.
    func parkedMessages() -> [String]
    /// What is left to do: parked messages, unsent messages, cases that nobody has been called for.
    func unfinished() -> [String]
    /// Lines with more than one open or settled case.
    func crowdedLines() -> [String]
    /// All that a replay must leave as it is, a line for each case: its request, status, refund, and how many events and
    /// messages it has.
    func fingerprint() -> [String]
    func close()
}
